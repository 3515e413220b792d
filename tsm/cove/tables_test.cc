#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tsm/cove/regions.h"
#include "tsm/cove/tracking.h"

namespace cove {
namespace {

constexpr std::uint64_t kPage = 4096;

// Against one entry a page.
TEST(Regions, AgreeWithATableOfPages) {
  constexpr std::size_t kPages = 24;
  constexpr Region kKinds[] = {Region::kConfidential, Region::kShared, Region::kMmio};
  Regions regions;
  std::vector<std::optional<Region>> reference(kPages);
  std::uint64_t state = 1;
  const auto draw = [&](std::uint64_t below) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % below;
  };
  for (int step = 0; step < 3000; ++step) {
    const std::uint64_t first = draw(kPages), count = 1 + draw(kPages - first);
    const auto kind = kKinds[draw(3)];
    const bool gone = draw(4) == 0;
    if (gone) regions.erase(first * kPage, count * kPage);
    else regions.set(first * kPage, count * kPage, kind);
    for (std::uint64_t i = first; i < first + count; ++i) reference[i] = gone ? std::nullopt : std::optional(kind);
    std::optional<Region> last;
    std::uint64_t end = 0;
    for (const auto& [start, run] : regions.runs()) {
      EXPECT_GE(start, end) << "runs do not overlap";
      EXPECT_FALSE(start == end && last == run.kind) << "neighbours differ";
      end = run.end, last = run.kind;
    }
    for (std::uint64_t i = 0; i < kPages; ++i) ASSERT_EQ(regions.at(i * kPage + 5), reference[i]) << step;
    const std::uint64_t a = draw(kPages), n = 1 + draw(kPages - a);
    bool all = true, none = true;
    for (std::uint64_t i = a; i < a + n; ++i) all = all && reference[i] == kind, none = none && !reference[i];
    EXPECT_EQ(regions.all(a * kPage, n * kPage, kind), all);
    EXPECT_EQ(regions.none(a * kPage, n * kPage), none);
  }
}

TEST(Regions, SetIsWhatIsThere) {
  Regions regions;
  regions.set(0, 8 * kPage, Region::kConfidential);
  regions.set(2 * kPage, kPage, Region::kShared);
  EXPECT_EQ(regions.at(2 * kPage), Region::kShared);
  EXPECT_EQ(regions.at(3 * kPage), Region::kConfidential);
  EXPECT_EQ(regions.runs().size(), 3u);
  regions.set(2 * kPage, kPage, Region::kConfidential);
  EXPECT_EQ(regions.runs().size(), 1u);
  EXPECT_EQ(regions.at(8 * kPage), std::nullopt);
}

TEST(Tracking, APageIsUnassignedWhenEveryHartHasFenced) {
  MemoryTracking t(1 << 20, 3);
  t.convert(kPage);
  EXPECT_TRUE(t.stale(0, kPage) && t.stale(2, kPage));
  t.global_fence(1);
  EXPECT_FALSE(t.stale(1, kPage)) << "who calls has fenced";
  EXPECT_TRUE(t.fencing());
  t.convert(2 * kPage);  // too late for this fence
  t.local_fence(0);
  EXPECT_EQ(t.entry(kPage).state, PageState::kConverting);
  t.local_fence(2);
  EXPECT_EQ(t.entry(kPage).state, PageState::kUnassigned);
  EXPECT_EQ(t.entry(2 * kPage).state, PageState::kConverting);
  EXPECT_TRUE(t.stale(0, 2 * kPage));
  EXPECT_FALSE(t.fencing());
}

TEST(Tracking, ALocalFenceWithoutAGlobalOneDoesNothing) {
  MemoryTracking t(1 << 20, 2);
  t.convert(kPage);
  t.local_fence(0);
  t.local_fence(1);
  EXPECT_EQ(t.entry(kPage).state, PageState::kConverting);
  EXPECT_TRUE(t.stale(0, kPage));
}

TEST(Tracking, CoversMemoryAndNothingPastIt) {
  MemoryTracking t(4 * kPage, 1);
  EXPECT_TRUE(t.covers(0, 4 * kPage));
  EXPECT_FALSE(t.covers(kPage, 4 * kPage));
  EXPECT_FALSE(t.covers(~0ull, 2));
}

}  // namespace
}  // namespace cove
