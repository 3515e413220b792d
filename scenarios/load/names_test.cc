#include "scenarios/load/names.h"

#include <gtest/gtest.h>

namespace load {
namespace {

TEST(Names, AStarIsOneOrMoreCharactersWithoutSpaces) {
  EXPECT_TRUE(matches("doe * -> *", "doe rp0 -> gpu0"));
  EXPECT_TRUE(matches("*.mapping", "a.vm0.mapping"));
  EXPECT_TRUE(matches("*a b*c", "xaa bc c") == false);
  EXPECT_TRUE(matches("*a b*c", "xaa bxc"));
  EXPECT_FALSE(matches("doe * -> *", "doe rp0 x -> gpu0"));
  EXPECT_FALSE(matches("doe * -> *", "doe  -> gpu0"));
  EXPECT_FALSE(matches("*.mapping", ".mapping"));
  EXPECT_FALSE(matches("gpu*", "gpu"));
  EXPECT_FALSE(matches("gpu0", "gpu01"));
}

TEST(Names, AnEmptySetKnowsNothingAndAnythingKnowsAll) {
  EXPECT_FALSE(Names().has("x"));
  EXPECT_TRUE(Names::anything().has("x"));
}

TEST(Names, DistanceCountsSwapsAsOne) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("vmm", "mvm"), 1u);
  EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Names, NearestGivesUpWhenNothingIsNear) {
  EXPECT_EQ(nearest("rmp.gap", {"sept.owner", "rmp.gpa"}), "rmp.gpa");
  EXPECT_EQ(nearest("zebra", {"sept.owner", "rmp.gpa"}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'x'), {std::string(100'000, 'x')}), std::nullopt);
}

TEST(Names, AdviceFillsThePatternFromWhatWasWritten) {
  EXPECT_EQ(advice("deo rp0 -> gpu0", {"doe * -> *", "*.mapping"}), "; did you mean `doe rp0 -> gpu0`?");
  EXPECT_EQ(advice("vm0.maping", {"doe * -> *", "*.mapping"}), "; did you mean `vm0.mapping`?");
  EXPECT_EQ(advice("link rp0 - gpu0", {"link * - *.down", "link * - *.up"}), "; did you mean `link rp0 - gpu0.up`?");
  EXPECT_EQ(advice("vm0", {"vm*.mapping"}), "; known: vm*.mapping");
  EXPECT_EQ(advice("zebra", {"doe", "cat"}), "; known: doe, cat");
  EXPECT_EQ(advice("zebra", Names()), "");
}

}  // namespace
}  // namespace load
