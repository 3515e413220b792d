// A program that has the security processor derive keys for it.
#include "guest/programs/programs.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
// What is mixed into a key (guest field select): the guest's policy; its launch measurement.
constexpr std::uint64_t kMixPolicy = 1u << 0, kMixMeasurement = 1u << 3;

}  // namespace

// The disk's key is bound to what was launched. The name is derived as well, so that it is the same at each start, and
// is not secret.
void seal_and_identify(abi::Guest& guest, const std::vector<std::string>&) {
  guest.moment("started");
  const auto disk_key = guest.derive_key(kMixMeasurement);
  if (!disk_key) return guest.ends("no-key");
  guest.secret("disk-key", *disk_key);
  const auto page = guest.alloc("disk-key", kPage);
  guest.write(page, *disk_key);
  guest.moment("sealed");
  const auto name = guest.derive_key(kMixPolicy);
  if (!name) return guest.ends("sealed-without-name");
  if (guest.send("registry", *name) != GLACIS_OK) return guest.ends("not-sent");
  guest.ends("registered");
}

}  // namespace programs
