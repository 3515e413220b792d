#include "guest/entropy/pool.h"

#include <gtest/gtest.h>

namespace entropy {
namespace {

base::Bytes lively(std::size_t size, std::uint8_t from = 0) {
  base::Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(from + 37 * i);
  return out;
}

TEST(Pool, GivesNothingBeforeEnoughIsCounted) {
  trust::Defences defences;
  Pool pool(defences);
  EXPECT_TRUE(pool.add(Source::kProcessor, lively(63), true));
  EXPECT_FALSE(pool.draw(32));
  EXPECT_TRUE(pool.add(Source::kProcessor, lively(1), true));
  EXPECT_TRUE(pool.draw(32));
}

TEST(Pool, CountsNothingOfTheHostsButMixesItIn) {
  trust::Defences defences;
  Pool with(defences), without(defences);
  EXPECT_TRUE(with.add(Source::kHost, lively(4096), false));
  EXPECT_FALSE(with.ready());
  for (auto* pool : {&with, &without}) EXPECT_TRUE(pool->add(Source::kProcessor, lively(64), true));
  EXPECT_NE(with.draw(32), without.draw(32));
}

TEST(Pool, CountsNoSourceThatRepeatsItself) {
  trust::Defences defences;
  Pool pool(defences);
  EXPECT_FALSE(pool.add(Source::kProcessor, base::Bytes(64, 0xff), true));  // RDRAND after some suspends
  base::Bytes often = lively(kWindow);
  for (std::size_t i = 0; i < often.size(); i += 5) often[i] = often[0];
  EXPECT_FALSE(pool.add(Source::kProcessor, often, true));
  EXPECT_FALSE(pool.ready());
}

TEST(Pool, DrawsEachTimeSomethingElse) {
  trust::Defences defences;
  Pool pool(defences);
  ASSERT_TRUE(pool.add(Source::kProcessor, lively(64), true));
  EXPECT_NE(pool.draw(32), pool.draw(32));
}

}  // namespace
}  // namespace entropy
