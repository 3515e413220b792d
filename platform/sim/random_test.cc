#include "platform/sim/random.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "platform/base/check.h"

namespace sim {
namespace {

TEST(Random, Fnv1aGivesThePublishedValues) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325u);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8u);
}

TEST(Random, SplitMixGivesThePublishedValues) {
  std::uint64_t state = 1234567;
  for (std::uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                 4593380528125082431u, 16408922859458223821u}) {
    EXPECT_EQ(splitmix(state), expected);
  }
}

TEST(Random, XoshiroGivesThePublishedValues) {
  Random random({1, 2, 3, 4});
  for (std::uint64_t expected : {11520u, 0u, 1509978240u}) EXPECT_EQ(random.next(), expected);
  for (std::uint64_t expected : {1215971899390074240u, 1216172134540287360u}) EXPECT_EQ(random.next(), expected);
}

TEST(Random, StreamsDependOnSeedAndNameOnly) {
  EXPECT_EQ(Random(1, "gpu0").next(), Random(1, "gpu0").next());
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const char* name : {"", "gpu0", "gpu1", "weather"}) firsts.insert(Random(seed, name).next());
  }
  EXPECT_EQ(firsts.size(), 400u);
}

TEST(Random, BelowReachesEveryValueAndNoOther) {
  Random random(5, "below");
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (int count : seen) EXPECT_NEAR(count, 1000, 200);
  EXPECT_EQ(random.below(1), 0u);
  EXPECT_THROW(random.below(0), base::Bug);
}

// The bound is three quarters of all words: a plain remainder would put half of the results in its lowest
// third.
TEST(Random, BelowIsEvenForHugeBounds) {
  Random random(6, "huge");
  const std::uint64_t bound = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 10000; ++i) low += random.below(bound) < bound / 3;
  EXPECT_NEAR(low, 3333, 250);
}

TEST(Random, FillTakesWordsLowByteFirst) {
  Random words(9, "fill");
  Random bytes(9, "fill");
  std::vector<std::uint8_t> out(11);
  bytes.fill(out);
  const std::uint64_t first = words.next();
  const std::uint64_t second = words.next();
  for (int i = 0; i < 8; ++i) EXPECT_EQ(out[i], static_cast<std::uint8_t>(first >> (8 * i)));
  for (int i = 8; i < 11; ++i) EXPECT_EQ(out[i], static_cast<std::uint8_t>(second >> (8 * (i - 8))));
}

}  // namespace
}  // namespace sim
