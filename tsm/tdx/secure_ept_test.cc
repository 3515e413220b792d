#include "tsm/tdx/secure_ept.h"

#include <gtest/gtest.h>

#include "tsm/tdx/pamt.h"

namespace tdx {
namespace {

constexpr std::uint64_t kGpa = 0x4020'3000;

SecureEpt with_tables() {
  SecureEpt sept;
  for (unsigned level = kSeptTopLevel; level >= 1; --level) sept.set(kGpa, level, {SeptState::kNlMapped, 0x1000 * level});
  return sept;
}

TEST(SecureEpt, AWalkEndsWhereATableIsMissing) {
  SecureEpt sept;
  EXPECT_FALSE(sept.walk(kGpa, 0).reached);
  EXPECT_EQ(sept.walk(kGpa, 0).level, 3u);
  sept.set(kGpa, 3, {SeptState::kNlMapped, 0x1000});
  EXPECT_EQ(sept.walk(kGpa, 0).level, 2u);
  EXPECT_TRUE(sept.walk(kGpa, 2).reached);
}

TEST(SecureEpt, ALeafIsReachedThroughMappedTablesOnly) {
  SecureEpt sept = with_tables();
  sept.set(kGpa, 0, {SeptState::kMapped, 0x9000});
  EXPECT_EQ(sept.leaf(kGpa).hpa, 0x9000u);
  EXPECT_EQ(sept.leaf(kGpa + 0x1000).state, SeptState::kFree);
  for (unsigned level = 1; level <= kSeptTopLevel; ++level) {
    SecureEpt one = sept;
    one.set(kGpa, level, {SeptState::kNlBlocked, 0x1000});
    EXPECT_EQ(one.leaf(kGpa).state, SeptState::kFree) << level;
  }
}

TEST(SecureEpt, AWalkReadsOneEntryOfEachTable) {
  const SecureEpt sept = with_tables();
  // 0x4020'3000: entry 1 of the third level's table, 1 of the second's, 3 of the first's.
  EXPECT_EQ(sept.walked(kGpa), (std::vector<std::uint64_t>{0x3000 + 8, 0x2000 + 8, 0x1000 + 24}));
  EXPECT_TRUE(SecureEpt().walked(kGpa).empty());
}

TEST(SecureEpt, BlockingIsUndoneByUnblocking) {
  for (const auto state : {SeptState::kMapped, SeptState::kPending, SeptState::kNlMapped}) {
    EXPECT_TRUE(is_blocked(blocked(state)));
    EXPECT_EQ(unblocked(blocked(state)), state);
  }
  EXPECT_EQ(blocked(SeptState::kFree), SeptState::kFree);
}

TEST(SecureEpt, KnowsWhetherATableIsEmpty) {
  SecureEpt sept = with_tables();
  EXPECT_TRUE(sept.empty_below(kGpa, 1));
  EXPECT_FALSE(sept.empty_below(kGpa, 2));
  sept.set(kGpa, 0, {SeptState::kPending, 0x9000});
  EXPECT_FALSE(sept.empty_below(kGpa, 1));
  EXPECT_TRUE(sept.empty_below(kGpa + 0x20'0000, 1)) << "the neighbour's table";
  sept.set(kGpa, 0, {});
  EXPECT_TRUE(sept.empty_below(kGpa, 1));
}

TEST(Pamt, APageIsReservedUntilItIsCoveredAndFreeUntilItIsGiven) {
  Pamt pamt;
  EXPECT_EQ(pamt.entry(0x1000).type, PageType::kRsvd);
  pamt.cover(0, 0x10'0000);
  EXPECT_EQ(pamt.entry(0x1000).type, PageType::kNda);
  EXPECT_EQ(pamt.entry(0x10'0000).type, PageType::kRsvd);
  pamt.give(0x1000, PageType::kReg, 0x5000);
  pamt.block(0x1000, 9);
  EXPECT_EQ(pamt.entry(0x1000), (PamtEntry{PageType::kReg, 0x5000, 9}));
  pamt.free(0x1000);
  EXPECT_EQ(pamt.entry(0x1000), PamtEntry{});
}

}  // namespace
}  // namespace tdx
