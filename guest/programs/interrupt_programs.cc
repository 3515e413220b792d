// Programs that something can come in between of: an interrupt, a signal, a timer that stops them after each step.
#include <algorithm>

#include "guest/programs/programs.h"
#include "platform/crypto/hash.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

// check-password [memory]: a login service that is given a wrong password. Its comparison ends in RAX, as 0 for `no`, and the program
// branches on it a little later; with `memory` the result waits in a page instead.
void check_password(abi::Guest& guest, const std::vector<std::string>& args) {
  const bool in_memory = !args.empty() && args[0] == "memory";
  const auto shadow = guest.alloc("shadow", kPage), verdict = guest.alloc("verdict", kPage);
  const auto right = crypto::sha256(guest.random(16)), given = crypto::sha256(base::view_of("letmein"));
  guest.write(shadow, right);
  base::Block<16> registers{};  // RAX, and what the compiler has beside it
  guest.live(registers);
  const bool entitled = guest.read(shadow, right.size()) == base::bytes_of(given);
  base::store_le<std::uint64_t>(registers, 0, entitled ? 1 : 0);
  guest.write(verdict, base::View(registers).first(8));
  guest.moment("checked");
  guest.yield();
  const auto result = in_memory ? base::load_le<std::uint64_t>(guest.read(verdict, 8)) : base::load_le<std::uint64_t>(registers);
  guest.drop_live();
  if (result != 0) guest.guard("login", entitled);
  guest.ends(result != 0 ? "logged-in" : "refused");
}

// A payment is compared with a limit. The language's runtime turns arithmetic and memory errors into one handler, which takes them for a
// limit that was never set.
void apply_limit(abi::Guest& guest, const std::vector<std::string>&) {
  const auto account = guest.alloc("account", kPage);
  constexpr std::uint64_t kLimit = 500, kAsked = 900;
  base::Bytes page(kPage);
  base::store_le<std::uint64_t>(page, 0, kLimit);
  guest.write(account, page);
  guest.moment("asked");
  guest.yield();
  bool limited = true;
  const auto limit = base::load_le<std::uint64_t>(guest.read(account, 8));
  if (guest.interrupt()) limited = false;
  const bool paid = !limited || kAsked <= limit;
  guest.promise("integrity", paid == (kAsked <= kLimit));
  guest.ends(paid ? "paid" : "refused");
}

// A session's token, in RAX while it is used and in a page in between.
void hold_token(abi::Guest& guest, const std::vector<std::string>&) {
  const auto page = guest.alloc("token", kPage);
  const auto token = guest.random(8);
  guest.secret("token", token);
  guest.write(page, token);
  base::Block<16> registers{};
  std::copy(token.begin(), token.end(), registers.begin());
  guest.live(registers);
  guest.moment("used");
  guest.yield();
  guest.drop_live();
  guest.moment("kept");
  guest.yield();
  guest.ends("done");
}

// Runs a routine from a page of its own: whatever lies there by then is what is run.
void run_routine(abi::Guest& guest, const std::vector<std::string>&) {
  const auto page = guest.alloc("routine", kPage);
  const auto routine = guest.random(392);
  guest.write(page, routine);
  guest.moment("loaded");
  guest.yield();
  const bool same = guest.read(page, routine.size()) == routine;
  guest.guard("run code", same);
  guest.ends(same ? "ran" : "ran-another");
}

// ladder [short | constant]: one bit of a secret after the other, always in one page. Each bit takes a long step and a short one, in the
// order that the bit says; `constant` takes both in the same order; with `short` there are short steps alone,
// for a 1 the more the later it comes, for a 0 one.
void ladder(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string kind = args.empty() ? "" : args[0];
  constexpr std::uint64_t kLong = 512, kShort = 16;
  const auto code = guest.alloc("code", kPage);
  guest.write(code, base::Bytes(kPage, 0x90));
  const auto scalar = guest.random(8);
  guest.secret("scalar", scalar);
  guest.moment("started");
  for (std::size_t bit = 0; bit < 64; ++bit) {
    const bool one = (scalar[bit / 8] >> bit % 8 & 1) != 0;
    if (kind == "short") {
      for (std::size_t i = 0; i < (one ? bit + 1 : 1); ++i) guest.read(code, kShort);
      continue;
    }
    const bool long_first = one || kind == "constant";
    if (long_first) guest.read(code, kLong);
    guest.read(code, kShort);
    if (!long_first) guest.read(code, kLong);
  }
  guest.ends("done");
}

// User mode makes a system call: the first page of the kernel's entry is the next to be run.
void enter_kernel(abi::Guest& guest, const std::vector<std::string>&) {
  const auto entry = guest.alloc("syscall-entry", kPage);
  const base::Bytes code(64, 0x0F);
  guest.write(entry, code);
  guest.moment("in-user-mode");
  guest.yield();
  guest.ends(guest.read(entry, code.size()) == code ? "entered" : "corrupted");
}

// The answer to a request may be as long as whoever answers likes.
void read_parameters(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::size_t kRoom = 2048;
  const auto buffer = guest.alloc("parameters", kPage);
  guest.moment("asked");
  const auto answer = guest.host_data("rng-seed");
  if (!answer) return guest.ends("none");
  const bool fits = answer->size() <= kRoom;
  if (!fits && !guest.defend("guest.hypercall.range", false)) return guest.ends("refused");
  guest.promise("integrity", fits);
  guest.write(buffer, base::View(*answer).first(std::min<std::size_t>(answer->size(), kPage)));
  guest.ends("copied");
}

// Gives a page back to the host when nothing is in it any more, once all of its CPUs have forgotten it.
void retire_page(abi::Guest& guest, const std::vector<std::string>&) {
  const auto page = guest.alloc("page", kPage);
  guest.write(page, guest.random(64));
  guest.moment("used");
  guest.write(page, base::Bytes(kPage));
  const bool given = guest.convert(page, kPage, GLACIS_SHARED) == GLACIS_OK;
  guest.ends(given ? "given-back" : "kept");
}

}  // namespace programs
