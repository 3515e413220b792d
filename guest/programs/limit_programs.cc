// Guests that never end by themselves. Each shows the limit that ends it.
#include "guest/programs/programs.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;

void keep_secret(abi::Guest& guest) {
  const auto page = guest.alloc("secret", kPage);
  const auto key = guest.random(32);
  guest.secret("secret", key);
  guest.write(page, key);
  guest.moment("started");
}

// Depth is an argument so that no compiler can tell that it is never reached.
std::uint64_t recurse(std::uint64_t depth) {
  volatile std::uint8_t frame[1024];
  frame[depth % sizeof frame] = static_cast<std::uint8_t>(depth);
  return depth == 0 ? 0 : recurse(depth - 1) + frame[depth % sizeof frame];
}

}  // namespace

// spin [wait | random | alloc]: which call to repeat.
void spin(abi::Guest& guest, const std::vector<std::string>& args) {
  keep_secret(guest);
  const std::string call = args.empty() ? "yield" : args[0];
  for (;;) {
    if (call == "wait") guest.receive("nobody");
    else if (call == "random") guest.random(1);
    else if (call == "alloc") guest.alloc("more", kPage);
    else guest.yield();
  }
}

void spin_silent(abi::Guest& guest, const std::vector<std::string>&) {
  keep_secret(guest);
  [[maybe_unused]] volatile std::uint64_t turns = 0;  // a loop without effects may be taken to end
  for (std::uint64_t turn = 0;; ++turn) turns = turn;
}

void overrun(abi::Guest& guest, const std::vector<std::string>& args) {
  keep_secret(guest);
  guest.ends(recurse(~std::uint64_t{0} - args.size()) != 0 ? "returned" : "empty");
}

}  // namespace programs
