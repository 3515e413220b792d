#include <algorithm>

#include "guest/programs/programs.h"

namespace programs {

// A buffer that the host had a hand in becomes memory like any other.
void reuse_shared(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::uint64_t kPage = 4096;
  const auto page = guest.alloc("reused", kPage, GLACIS_SHARED);
  guest.write(page, base::bytes_of("A public request to the host."));
  guest.moment("requested");
  if (guest.convert(page, kPage, GLACIS_PRIVATE) != GLACIS_OK) return guest.ends("stays-shared");
  const auto key = guest.random(64);
  guest.secret("secret", key);
  guest.write(page, key);
  guest.moment("stored");
  guest.yield();
  guest.ends(guest.read(page, key.size()) == key ? "kept" : "corrupted");
}

// Pages that this guest never wrote, as they come: an image of the host's own.
void scavenge(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::uint64_t kPage = 4096;
  for (const char* name : {"first", "second", "third", "fourth"}) {
    const auto page = guest.alloc(name, kPage);
    guest.send("client", guest.read(page, kPage));
  }
  guest.ends("looked");
}

}  // namespace programs
