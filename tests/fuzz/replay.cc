#include "tests/fuzz/replay.h"

#include <algorithm>
#include <iterator>

namespace fuzz {
namespace {

constexpr std::size_t kTruncationsMax = 512, kInputBytesMax = 1 << 16;

class Random {  // splitmix64
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

using Place = Bytes::difference_type;

// A part of `from` into `input`, over what is there or between.
void splice(Bytes& input, const Bytes& from, Random& random) {
  if (from.empty()) return;
  const std::size_t begin = random.below(from.size()), count = 1 + random.below(std::min<std::size_t>(from.size() - begin, 64));
  const Bytes part(from.begin() + Place(begin), from.begin() + Place(begin + count));
  const std::size_t at = random.below(input.size() + 1);
  if (random.below(2)) input.erase(input.begin() + Place(at), input.begin() + Place(std::min(input.size(), at + count)));
  input.insert(input.begin() + Place(at), part.begin(), part.end());
}

// Lengths and counts go wrong at their ends.
void set_edge(Bytes& input, Random& random) {
  static constexpr std::uint64_t kEdges[] = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fff'ffff, 0xffff'ffff, ~0ull, 1ull << 63};
  const std::uint64_t edge = kEdges[random.below(std::size(kEdges))] + random.below(3) - 1;
  const std::size_t width = std::size_t{1} << random.below(4), at = random.below(input.size());
  const bool big_endian = random.below(2);
  for (std::size_t i = 0; i < width && at + i < input.size(); ++i)
    input[at + i] = static_cast<std::uint8_t>(edge >> 8 * (big_endian ? width - 1 - i : i));
}

Bytes altered(const std::vector<Bytes>& seeds, Random& random) {
  Bytes input = seeds[random.below(seeds.size())];
  for (std::size_t edits = 1 + random.below(4); edits-- > 0;) {
    switch (random.below(8)) {
      case 0: input.resize(random.below(input.size() + 1)); break;
      case 1: input.push_back(static_cast<std::uint8_t>(random.next())); break;
      case 2: splice(input, seeds[random.below(seeds.size())], random); break;
      case 3:
        if (!input.empty()) set_edge(input, random);
        break;
      default:
        if (input.empty()) break;
        std::uint8_t& byte = input[random.below(input.size())];
        byte = random.below(2) ? static_cast<std::uint8_t>(random.next()) : byte ^ (1u << random.below(8));
    }
  }
  if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
  return input;
}

void give(const Bytes& input, const Function& target) {
  static const std::uint8_t kNothing = 0;
  target(input.empty() ? &kNothing : input.data(), input.size());
}

void give_random(const std::vector<Bytes>& seeds, std::uint64_t number, Random& random, const Function& target) {
  if (number % 8 != 0) return give(altered(seeds, random), target);
  Bytes input(random.below(300));
  for (auto& byte : input) byte = static_cast<std::uint8_t>(random.next());
  give(input, target);
}

}  // namespace

void replay(const std::vector<Bytes>& seeds, const Function& target, int random_inputs) {
  for (const Bytes& seed : seeds) give(seed, target);
  const auto truncations = std::min({seeds[0].size(), kTruncationsMax, static_cast<std::size_t>(random_inputs)});
  for (std::size_t n = 0; n < truncations; ++n) give({seeds[0].begin(), seeds[0].begin() + Place(n)}, target);
  Random random(1);
  for (int i = 0; i < random_inputs; ++i) give_random(seeds, static_cast<std::uint64_t>(i), random, target);
}

std::uint64_t wander(const std::vector<Bytes>& seeds, std::uint64_t random_seed, const std::function<bool()>& enough, const Function& target) {
  Random random(random_seed);
  std::uint64_t count = 0;
  for (; !enough(); ++count) give_random(seeds, count, random, target);
  return count;
}

}  // namespace fuzz
