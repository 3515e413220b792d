#include "tests/fuzz/replay.h"

namespace fuzz {
namespace {

constexpr std::size_t kTruncationsMax = 512;

class Random {  // splitmix64
 public:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_ = 1;
};

Bytes altered(Bytes input, Random& random) {
  for (std::size_t edits = 1 + random.below(4); edits-- > 0;) {
    switch (random.below(5)) {
      case 0: input.resize(random.below(input.size() + 1)); break;
      case 1: input.push_back(static_cast<std::uint8_t>(random.next())); break;
      default:
        if (input.empty()) break;
        std::uint8_t& byte = input[random.below(input.size())];
        byte = random.below(2) ? static_cast<std::uint8_t>(random.next()) : byte ^ (1u << random.below(8));
    }
  }
  return input;
}

}  // namespace

void replay(const std::vector<Bytes>& seeds, const std::function<void(const std::uint8_t* data, std::size_t size)>& target) {
  auto run = [&](const Bytes& input) {
    static const std::uint8_t kNothing = 0;
    target(input.empty() ? &kNothing : input.data(), input.size());
  };
  for (const Bytes& seed : seeds) {
    run(seed);
    for (std::size_t n = 0; n < seed.size() && n < kTruncationsMax; ++n) run({seed.begin(), seed.begin() + n});
  }
  Random random;
  for (int i = 0; i < kRandomInputs; ++i) {
    if (i % 8 == 0) {
      Bytes input(random.below(300));
      for (auto& byte : input) byte = static_cast<std::uint8_t>(random.next());
      run(input);
    } else {
      run(altered(seeds[random.below(seeds.size())], random));
    }
  }
}

}  // namespace fuzz
