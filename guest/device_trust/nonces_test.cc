#include "guest/device_trust/nonces.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace device_trust {
namespace {

// A source that counts through `values` and starts again.
Random source(std::vector<std::uint8_t> values) {
  return [values, next = std::size_t{0}](std::span<std::uint8_t> out) mutable {
    std::ranges::fill(out, values[next++ % values.size()]);
  };
}

TEST(Nonces, AreNewEachTime) {
  Nonces nonces(source({1, 2, 3, 1}));
  trust::Defences defences;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(nonces.draw(defences, "vm0"));
  const auto repeated = nonces.draw(defences, "vm0");
  ASSERT_FALSE(repeated);
  EXPECT_EQ(repeated.refusal().by->id, "guest.nonce.new");
}

TEST(Nonces, AreNotZero) {
  Nonces nonces(source({0}));
  trust::Defences defences;
  EXPECT_FALSE(nonces.draw(defences, "vm0"));
}

}  // namespace
}  // namespace device_trust
