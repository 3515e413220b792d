#include "platform/sim/random.h"

#include <bit>
#include <cstddef>

#include "platform/base/check.h"

namespace sim {

Random::Random(std::uint64_t seed, std::string_view name) {
  // The seed passes through SplitMix before it meets the name: seeds that differ in one bit share nothing.
  std::uint64_t state = seed;
  state = splitmix(state) ^ fnv1a(name);
  for (std::uint64_t& word : state_) word = splitmix(state);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t n) {
  base::check(n != 0, "a choice has at least one outcome");
  // The first 2^64 mod n values would be drawn once too often.
  const std::uint64_t uneven = (0 - n) % n;
  for (;;) {
    const std::uint64_t value = next();
    if (value >= uneven) return value % n;
  }
}

void Random::fill(std::span<std::uint8_t> bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) word = next();
    bytes[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
  }
}

}  // namespace sim
