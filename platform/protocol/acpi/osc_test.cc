#include "platform/protocol/acpi/osc.h"

#include <gtest/gtest.h>

#include "platform/base/bytes.h"

namespace acpi {
namespace {

// ACPI 6.5, 6.2.11: the first word of the answer says that a capability was taken away, the last which remain.
TEST(Osc, WhatIsTakenAwayIsSaidToBeMasked) {
  const OscBuffer asked{.support = kOscExtendedConfig, .control = kOscAer | kOscDpc | kOscTrustedDevices};
  const auto less = osc_answer(asked, kOscAer | kOscDpc | kOscPme);
  EXPECT_EQ(less.status, kOscMasked);
  EXPECT_EQ(less.control, kOscAer | kOscDpc);
  EXPECT_EQ(less.support, kOscExtendedConfig);
  EXPECT_EQ(osc_answer(asked, ~0u), asked);
}

TEST(Osc, AQueryIsAnsweredAsOne) {
  EXPECT_EQ(osc_answer({.status = kOscQuery, .control = kOscPme}, ~0u).status, kOscQuery);
}

TEST(Osc, IsThreeWordsWithTheLowByteFirst) {
  const auto bytes = wire::encode(OscBuffer{.status = 0x10, .support = 0x11, .control = kOscTrustedDevices | kOscAer});
  const base::Bytes kThere = {0x10, 0, 0, 0, 0x11, 0, 0, 0, 0x08, 0, 0, 0x80};
  EXPECT_EQ(bytes, kThere);
  EXPECT_FALSE(wire::decode<OscBuffer>(base::View(bytes).first(11)));
}

}  // namespace
}  // namespace acpi
