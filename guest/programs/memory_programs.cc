#include <algorithm>

#include "guest/programs/programs.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;

base::Bytes page_of(base::View start) {
  base::Bytes page(kPage);
  std::copy(start.begin(), start.end(), page.begin());
  return page;
}

}  // namespace

void keep_two_pages(abi::Guest& guest, const std::vector<std::string>&) {
  const auto secret_page = guest.alloc("secret", kPage);
  const auto decoy_page = guest.alloc("decoy", kPage);
  const auto key = guest.random(64);
  guest.secret("secret", key);
  guest.write(secret_page, page_of(key));
  guest.write(decoy_page, page_of(base::view_of("Welcome. This page is public.")));
  guest.moment("stored");
  guest.yield();
  // A client asks for the public page.
  const auto served = guest.read(decoy_page, kPage);
  guest.send("client", served);
  guest.moment("served");
  const auto again = guest.read(secret_page, 64);
  guest.ends(again == key ? "served" : "corrupted");
}

void keep_and_update(abi::Guest& guest, const std::vector<std::string>&) {
  const auto page = guest.alloc("balance", kPage);
  guest.alloc("other", kPage);
  guest.write(page, page_of(base::view_of("balance: 1000 coins, day 1")));
  guest.moment("stored");
  guest.yield();
  const auto last = page_of(base::view_of("balance: 0000 coins, day 2"));
  guest.write(page, last);
  guest.moment("updated");
  guest.yield();
  guest.ends(guest.read(page, kPage) == last ? "read" : "corrupted");
}

void branch_on(abi::Guest& guest, base::View key) {
  const auto line = guest.alloc("line", kPage);
  for (std::size_t bit = 0; bit < 32; ++bit) {
    const bool one = (key[bit / 8] >> bit % 8 & 1) != 0;
    guest.write(line, base::Bytes(64, one ? 0xAA : 0x55));
    guest.moment("step");
    guest.yield();
  }
  guest.ends("done");
}

void branch_on_secret(abi::Guest& guest, const std::vector<std::string>&) {
  const auto key = guest.random(16);
  guest.secret("key", key);
  guest.moment("started");
  branch_on(guest, key);
}

// exponentiate [constant]: square-and-multiply, each routine in a code page of its own; `constant` multiplies for zero bits too and
// throws the product away.
void exponentiate(abi::Guest& guest, const std::vector<std::string>& args) {
  const bool constant = !args.empty() && args[0] == "constant";
  const auto loop = guest.alloc("loop", kPage), square = guest.alloc("square", kPage), multiply = guest.alloc("multiply", kPage);
  const auto code = page_of(base::view_of("code"));
  for (const auto page : {loop, square, multiply}) guest.write(page, code);
  const auto exponent = guest.random(8);
  guest.secret("exponent", exponent);
  guest.moment("started");
  for (std::size_t bit = 0; bit < 64; ++bit) {
    guest.read(loop, 16);
    guest.read(square, 16);
    const bool one = (exponent[bit / 8] >> bit % 8 & 1) != 0;
    if (one || constant) guest.read(multiply, 16);
  }
  guest.ends("done");
}

void keep_registers(abi::Guest& guest, const std::vector<std::string>&) {
  struct {
    std::array<std::uint8_t, 32> key;
    std::array<std::uint8_t, 16> verdict;
  } live{};
  std::span<std::uint8_t> registers(reinterpret_cast<std::uint8_t*>(&live), sizeof live);
  const auto key = guest.random(live.key.size());
  std::copy(key.begin(), key.end(), live.key.begin());
  guest.secret("key", key);
  guest.live(registers);
  live.verdict[0] = 1;  // the last visitor was let in
  guest.moment("admitted");
  guest.yield();
  live.verdict[0] = 0;  // this one is not
  guest.moment("checked");
  guest.yield();
  if (live.verdict[0] != 0) guest.guard("login", false);
  guest.drop_live();
  guest.ends(live.verdict[0] == 0 ? "refused" : "logged-in");
}

void read_request(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::uint64_t kBufferBytes = 64;
  const auto ring = guest.alloc("ring", kPage, GLACIS_SHARED);
  const auto buffer = guest.alloc("buffer", kPage);
  base::Bytes request(kPage);
  base::store_le<std::uint32_t>(request, 0, 48);
  guest.write(ring, request);
  guest.moment("asked");
  guest.yield();
  const auto checked = base::load_le<std::uint32_t>(guest.read(ring, 4));
  if (checked > kBufferBytes) return guest.ends("refused");
  guest.moment("checked");
  guest.yield();
  const auto now = base::load_le<std::uint32_t>(guest.read(ring, 4));
  // Reading once means using the value that was checked, whatever lies there now.
  const bool same = now == checked;
  std::uint64_t used = now;
  if (!same && !guest.defend("guest.snapshot", false)) used = checked;
  guest.promise("integrity", used <= kBufferBytes);
  const auto body = guest.read(ring + 4, std::min<std::uint64_t>(used, kPage - 4));
  guest.write(buffer, body);
  guest.ends("copied");
}

void ask_cpuid(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::uint32_t kXsaveBytes = 0x988;  // of the features that this image was built for
  guest.moment("started");
  const auto area = guest.cpuid(0x0000000D, 0);
  if (!guest.defend("guest.cpuid.size", base::load_le<std::uint32_t>(area, 4) >= kXsaveBytes)) return guest.ends("refused");
  guest.cpuid(0x00000007, 0);   // features
  guest.ends("sized");
}

void idle(abi::Guest& guest, const std::vector<std::string>&) {
  guest.moment("started");
  guest.yield();
  guest.ends("idle");
}

}  // namespace programs
