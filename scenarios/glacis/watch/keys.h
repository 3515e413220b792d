#pragma once
// What a terminal sends for a key, read byte by byte as it comes. Sequences that mean nothing to us are swallowed whole.
#include <string>
#include <string_view>
#include <vector>

namespace watch {

enum class KeyName { kLetter, kUp, kDown, kLeft, kRight, kPageUp, kPageDown, kHome, kEnd, kTab, kBackTab, kEnter, kBackspace, kEscape };

struct Key {
  KeyName name = KeyName::kLetter;
  char letter = 0;  // kLetter: printable ASCII
  friend bool operator==(const Key&, const Key&) = default;
};

class Keys {
 public:
  // The keys that these bytes complete.
  std::vector<Key> take(std::string_view bytes);
  // Nothing has come for a while: an escape that stands alone is the key of that name.
  std::vector<Key> settle();
  bool waits() const { return !held_.empty(); }

 private:
  std::string held_;  // the beginning of a sequence
};

}  // namespace watch
