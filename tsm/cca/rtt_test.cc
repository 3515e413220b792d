#include "tsm/cca/rtt.h"

#include <gtest/gtest.h>

namespace cca {
namespace {

Rtt small() {
  Rtt out(40, 0, {0x1000});
  for (int level = 1; level <= 3; ++level) out.create(0, level, 0x2000u + static_cast<std::uint64_t>(level) * 0x1000);
  return out;
}

TEST(Shape, FollowsFromTheWidthOfAddresses) {
  struct Row {
    unsigned bits;
    std::int64_t level;
    std::uint32_t tables;
    bool good;
  };
  const Row kRows[] = {{40, 0, 1, true},  {40, 1, 2, true},  {40, 1, 1, false}, {40, 2, 1, false}, {39, 1, 1, true},  {39, 0, 1, false},
                       {43, 1, 16, true}, {44, 1, 32, false}, {48, 0, 1, true}, {34, 2, 16, true}, {32, 2, 4, true},  {31, 2, 2, false},
                       {49, 0, 2, false}, {40, -1, 1, false}, {40, 3, 1, false}, {40, 4, 1, false}};
  for (const auto& row : kRows) EXPECT_EQ(Rtt::valid(row.bits, row.level, row.tables), row.good) << row.bits << " " << row.level << " " << row.tables;
}

TEST(Walk, EndsAtTheFirstEntryThatIsNoTable) {
  const Rtt rtt = small();
  EXPECT_EQ(rtt.walk(0x1000, 3).level, 3);
  EXPECT_EQ(rtt.walk(0x20'0000, 3).level, 2);
  EXPECT_EQ(rtt.walk(1ull << 30, 3).level, 1);
  EXPECT_EQ(rtt.walk(1ull << 39, 3).level, 0);
  EXPECT_EQ(rtt.walk(0, 2).entry.hipas, Hipas::kTable);
  EXPECT_EQ(rtt.walk(0, 2).entry.pa, 0x5000u);
  EXPECT_TRUE(rtt.is_protected((1ull << 39) - 1));
  EXPECT_FALSE(rtt.is_protected(1ull << 39));
  EXPECT_FALSE(rtt.contains(1ull << 40));
}

TEST(Walk, ThroughConcatenatedTablesFindsTheRightOne) {
  Rtt rtt(40, 1, {0x1000, 0x2000});
  rtt.create(1ull << 39, 2, 0x3000);
  EXPECT_EQ(rtt.walk(1ull << 39, 3).level, 2);
  EXPECT_EQ(rtt.walk(0, 3).level, 1);
}

TEST(Create, SaysOfEachAddressWhatWasSaidBefore) {
  Rtt rtt = small();
  rtt.set(0x20'0000, 2, {.hipas = Hipas::kUnassigned, .ripas = Ripas::kRam});
  rtt.create(0x20'0000, 3, 0x9000);
  EXPECT_EQ(rtt.walk(0x3F'F000, 3).entry.ripas, Ripas::kRam);
  rtt.set(0x40'0000, 2, {.hipas = Hipas::kAssigned, .ripas = Ripas::kDestroyed, .pa = 0x80'0000});
  rtt.create(0x40'0000, 3, 0xA000);
  EXPECT_EQ(rtt.walk(0x40'5000, 3).entry.pa, 0x80'5000u);
  EXPECT_EQ(rtt.walk(0x40'5000, 3).entry.ripas, Ripas::kDestroyed);
}

TEST(Fold, IsOfTablesThatSayOneThing) {
  Rtt rtt = small();
  RttEntry folded;
  EXPECT_TRUE(rtt.homogeneous(0, 3, folded));
  EXPECT_EQ(folded, RttEntry{});
  rtt.set(0x1000, 3, {.ripas = Ripas::kRam});
  EXPECT_FALSE(rtt.homogeneous(0, 3, folded)) << "one address differs";
  for (std::uint64_t i = 0; i < 512; ++i) rtt.set(i * 0x1000, 3, {.hipas = Hipas::kAssigned, .ripas = Ripas::kRam, .pa = 0x60'0000 + i * 0x1000});
  EXPECT_TRUE(rtt.homogeneous(0, 3, folded));
  EXPECT_EQ(folded.pa, 0x60'0000u);
  EXPECT_EQ(rtt.live(0, 3), 512u);
  rtt.remove(0, 3, folded);
  EXPECT_EQ(rtt.walk(0x7000, 3).level, 2);
  EXPECT_EQ(rtt.walk(0x7000, 3).entry.pa, 0x60'0000u);
  rtt.create(0, 3, 0x5000);
  rtt.set(0x2000, 3, {.hipas = Hipas::kAssigned, .ripas = Ripas::kRam, .pa = 0x70'0000});
  EXPECT_FALSE(rtt.homogeneous(0, 3, folded)) << "a page elsewhere";
  for (std::uint64_t i = 0; i < 512; ++i) rtt.set(i * 0x1000, 3, {.hipas = Hipas::kAssigned, .ripas = Ripas::kRam, .pa = 0x61'0000 + i * 0x1000});
  EXPECT_FALSE(rtt.homogeneous(0, 3, folded)) << "no block begins there";
  EXPECT_FALSE(rtt.homogeneous(0, 2, folded)) << "a table is below";
}

TEST(Skip, GoesToTheNextEntryThatLeadsAnywhere) {
  Rtt rtt = small();
  rtt.set(0x5000, 3, {.hipas = Hipas::kAssigned, .ripas = Ripas::kRam, .pa = 0x70'0000});
  EXPECT_EQ(rtt.skip_non_live(0x1000, 3), 0x5000u);
  EXPECT_EQ(rtt.skip_non_live(0x5000, 3), 0x5000u);
  EXPECT_EQ(rtt.skip_non_live(0x6000, 3), 0x20'0000u);
  EXPECT_TRUE(rtt.any_live());
  EXPECT_FALSE(Rtt(40, 0, {0x1000}).any_live());
}

}  // namespace
}  // namespace cca
