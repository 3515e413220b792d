#pragma once
// Files that a measured guest runs, as their owners built them.
#include <string_view>

namespace programs {

struct Component {
  const char* path;
  std::string_view content;
};

inline constexpr Component kApplication{"/usr/bin/app", "the application that the owner built, version 1"};
inline constexpr Component kModule{"/usr/lib/mod", "a module of the application, as the owner built it"};
// Of a second tenant of the same guest, whose owner tells the first one the digest alone.
inline constexpr Component kNeighbour{"/srv/second-tenant/model-for-merger-with-acme.bin", "what the second tenant runs"};

}  // namespace programs
