// The same guest in C++. Without exceptions across the C functions, and without threads of its own.
#include <array>
#include <cstdint>

#include "guest/abi/glacis_guest.h"

namespace {

class Page {
 public:
  Page(const glacis_guest& guest, const char* name) : guest_(guest), at_(guest.alloc(guest.self, name, 4096, GLACIS_PRIVATE)) {}
  template <class Bytes>
  void write(const Bytes& bytes) const { guest_.write(guest_.self, at_, bytes.data(), bytes.size()); }
  std::array<std::uint8_t, 64> read() const {
    std::array<std::uint8_t, 64> out{};
    guest_.read(guest_.self, at_, out.data(), out.size());
    return out;
  }

 private:
  const glacis_guest& guest_;
  std::uint64_t at_;
};

}  // namespace

extern "C" void glacis_main(const glacis_guest* guest, int, const char* const*) {
  const glacis_guest& g = *guest;
  if (g.version != GLACIS_GUEST_ABI_VERSION) return;
  const Page kept(g, "secret"), served(g, "decoy");
  std::array<std::uint8_t, 64> secret{};
  g.random(g.self, secret.data(), secret.size());
  g.secret(g.self, "secret", secret.data(), secret.size());
  kept.write(secret);
  served.write(std::array<char, 6>{'p', 'u', 'b', 'l', 'i', 'c'});
  g.moment(g.self, "stored");
  g.yield(g.self);
  g.promise(g.self, "integrity", kept.read() == secret);
  g.ends(g.self, "served");
}
