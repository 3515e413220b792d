// RMM 1.0, RMI_REC_ENTER, gic_ctrl_list_invalid, as a table.
#include "platform/protocol/cca/gic.h"

#include <gtest/gtest.h>

namespace ccaproto {
namespace {

using Lrs = std::array<std::uint64_t, 16>;

TEST(ListRegisters, OfTheHostHoldVirtualInterruptsAlone) {
  const struct {
    const char* what;
    std::uint64_t hcr;
    Lrs lrs;
    bool taken;
  } kExpected[] = {
      {"nothing", 0, {}, true},
      {"one pending", 0, {kLrPending | kLrGroup1 | 32}, true},
      {"pending and active", 0, {kLrPending | kLrActive | 27}, true},
      {"one of hardware", 0, {kLrPending | kLrHw | 32}, false},
      {"one of hardware that is not valid", 0, {kLrHw}, false},
      {"the last register", 0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kLrHw | kLrPending}, false},
      {"two", 0, {kLrPending | 32, kLrPending | 33}, true},
      {"the same twice", 0, {kLrPending | 32, 0, kLrActive | 32}, false},
      {"the same, once invalid", 0, {kLrPending | 32, 32}, true},
      {"maintenance interrupts", 0xFE | 1 << 14, {}, true},
      {"En", 1, {}, false},
      {"TC", 1 << 10, {}, false},
      {"EOIcount", std::uint64_t{1} << 27, {}, false},
  };
  for (const auto& row : kExpected) EXPECT_EQ(gic_acceptable(row.hcr, row.lrs), row.taken) << row.what;
}

}  // namespace
}  // namespace ccaproto
