#pragma once
// Named random streams. A stream depends on the seed and its name only, so that one actor's draws never shift
// another's. For choices and weather; key material comes from the deterministic provider in platform/crypto.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sim {

// FNV-1a, 64 bits.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t state = 0xcbf29ce484222325) {
  for (char c : text) state = (state ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return state;
}

// One step of SplitMix64.
constexpr std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// xoshiro256**.
class Random {
 public:
  Random(std::uint64_t seed, std::string_view name);
  explicit Random(std::array<std::uint64_t, 4> state) : state_(state) {}    // not all zero

  std::uint64_t next();
  // Uniform in [0, n); n is not zero.
  std::uint64_t below(std::uint64_t n);
  void fill(std::span<std::uint8_t> bytes);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace sim
