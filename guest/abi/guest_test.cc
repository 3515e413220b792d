#include "guest/abi/guest.h"

#include <cstring>

#include <gtest/gtest.h>

namespace abi {
namespace {

// A machine whose memory is all 7, as far as a VM has any.
struct Machine {
  std::uint64_t asked = 0;

  Machine() {
    calls.self = this;
    calls.read = [](void* self, std::uint64_t gpa, void* out, std::uint64_t bytes) -> int {
      ++static_cast<Machine*>(self)->asked;
      if (gpa > GLACIS_VM_BYTES - bytes) return GLACIS_BAD_ARGUMENT;
      std::memset(out, 7, bytes);
      return GLACIS_OK;
    };
  }
  glacis_guest calls{};
};

TEST(Guest, ReadsWhatItsMemoryHas) {
  Machine machine;
  Guest guest(machine.calls);
  EXPECT_EQ(guest.read(4096, 3), (base::Bytes{7, 7, 7}));
  EXPECT_EQ(guest.read(0, GLACIS_VM_BYTES).size(), GLACIS_VM_BYTES);
  EXPECT_TRUE(guest.read(1, GLACIS_VM_BYTES).empty());
  EXPECT_EQ(machine.asked, 3u);
}

// A guest without its own check reads as much as the host says: 4 GiB of zeros cost seconds, and more than there is ends the program.
TEST(Guest, MakesNoRoomForWhatNoMemoryHas) {
  Machine machine;
  Guest guest(machine.calls);
  for (const std::uint64_t bytes : {GLACIS_VM_BYTES + 1, 0xFFFF'FFFFull, ~0ull}) EXPECT_TRUE(guest.read(0, bytes).empty());
  EXPECT_EQ(machine.asked, 0u);
}

}  // namespace
}  // namespace abi
