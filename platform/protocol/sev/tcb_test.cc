#include "platform/protocol/sev/tcb.h"

#include <gtest/gtest.h>

namespace sev {
namespace {

// REPORTED_TCB bytes 03 00 00 00 00 00 08 73 of a published Milan report; its VCEK says bl 3, tee 0, snp 8, ucode 0x73.
TEST(Tcb, ReadsThePublishedMilanReport) {
  const Tcb published{.bootloader = 3, .tee = 0, .snp = 8, .microcode = 0x73};
  EXPECT_EQ(unpack(0x7308000000000003, Product::kMilan), published);
  EXPECT_EQ(pack(published, Product::kGenoa), 0x7308000000000003u);
}

TEST(Tcb, TurinPutsTheFmcFirst) {
  const Tcb tcb{.bootloader = 2, .tee = 3, .snp = 4, .microcode = 5, .fmc = 1};
  EXPECT_EQ(pack(tcb, Product::kTurin), 0x0500000004030201u);
  EXPECT_EQ(unpack(0x0500000004030201, Product::kTurin), tcb);
}

TEST(Tcb, ReservedBytesAreZero) {
  for (unsigned byte = 0; byte < 8; ++byte) {
    const std::uint64_t packed = 1ull << (8 * byte);
    EXPECT_EQ(unpack(packed, Product::kMilan).has_value(), byte < 2 || byte > 5) << byte;
    EXPECT_EQ(unpack(packed, Product::kTurin).has_value(), byte < 4 || byte > 6) << byte;
  }
}

TEST(Tcb, IsComparedComponentByComponent) {
  const Tcb floor{.bootloader = 3, .tee = 1, .snp = 8, .microcode = 5, .fmc = 1};
  EXPECT_TRUE(at_least(floor, floor));
  // More microcode, the highest byte, does not make up for an older component.
  for (auto component : {&Tcb::bootloader, &Tcb::tee, &Tcb::snp, &Tcb::microcode, &Tcb::fmc}) {
    Tcb lower = floor;
    if (component != &Tcb::microcode) lower.microcode = 200;
    lower.*component -= 1;
    if (component == &Tcb::microcode) lower.snp = 200;
    EXPECT_FALSE(at_least(lower, floor));
  }
}

}  // namespace
}  // namespace sev
