#include "tsm/sev/mmio_validate.h"

#include <gtest/gtest.h>

namespace sev {
namespace {

using S = sevproto::MmioStatus;
constexpr std::uint32_t kGuest = 3;
constexpr std::uint64_t kFirst = 0x41000;  // page number, and where the guest has it

struct MmioValidate : testing::Test {
  MmioValidate() {
    report.mmio_ranges = {{.first_page = kFirst, .page_count = 4, .attributes = 0, .range_id = 2}};
    for (std::uint64_t i = 0; i < 4; ++i) {
      (void)table.assign((kFirst + i) << 12, kGuest, (kFirst + i) << 12);
      table.freeze((kFirst + i) << 12, true);
    }
  }
  S ask(sevproto::MmioValidateRequest request, std::uint32_t guest = kGuest) {
    return validate_range(table, report, guest, request, changed);
  }
  bool validated(std::uint64_t page) const { return table.page(page << 12).validated; }

  trust::Defences defences;
  tio::MmioTable table{defences, "cpu0"};
  tdisp::InterfaceReport report;
  sevproto::MmioValidateRequest whole{.tdi_id = 1, .subrange_base = kFirst, .page_count = 4, .flags = sevproto::kMmioValidate, .range_id = 2};
  bool changed = false;
};

TEST_F(MmioValidate, AGuestsOwnRangeIsValidatedOnce) {
  EXPECT_EQ(ask(whole), S::kSuccess);
  EXPECT_TRUE(changed);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_TRUE(table.check(kGuest, (kFirst + i) << 12, (kFirst + i) << 12));
  EXPECT_EQ(ask(whole), S::kSuccess);
  EXPECT_FALSE(changed);
}

TEST_F(MmioValidate, RefusesForEachReasonAndChangesNothing) {
  auto other = whole;
  other.range_id = 1;
  EXPECT_EQ(ask(other), S::kNotReported);
  for (const auto& [offset, count] : {std::pair{0u, 5u}, {4u, 1u}, {3u, 2u}, {0u, 0u}, {1u, ~0u}}) {
    other = whole;
    other.range_offset = offset, other.page_count = count;
    EXPECT_EQ(ask(other), S::kOutOfRange) << offset << " " << count;
  }
  EXPECT_EQ(ask(whole, kGuest + 1), S::kNotAssigned);
  other = whole;
  other.subrange_base = kFirst + 1;
  EXPECT_EQ(ask(other), S::kNotMapped);
  table.freeze((kFirst + 3) << 12, false);
  EXPECT_EQ(ask(whole), S::kNotImmutable);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_FALSE(validated(kFirst + i));
}

TEST_F(MmioValidate, AMixedRangeWantsForce) {
  table.validate(kFirst << 12, true);
  EXPECT_EQ(ask(whole), S::kNotUniform);
  EXPECT_FALSE(validated(kFirst + 1));
  whole.flags |= sevproto::kMmioForce;
  EXPECT_EQ(ask(whole), S::kSuccess);
  EXPECT_TRUE(validated(kFirst + 1));
}

TEST_F(MmioValidate, APartOfARangeIsCountedFromItsStart) {
  const sevproto::MmioValidateRequest part{
      .tdi_id = 1, .subrange_base = kFirst + 2, .page_count = 2, .range_offset = 2, .flags = sevproto::kMmioValidate, .range_id = 2};
  EXPECT_EQ(ask(part), S::kSuccess);
  EXPECT_FALSE(validated(kFirst + 1));
  EXPECT_TRUE(validated(kFirst + 2));
}

}  // namespace
}  // namespace sev
