#pragma once
// A fuzz target without a fuzzer: inputs to start from, truncations of the first, and inputs with something altered. Nothing looks at
// what an input reached: that is libFuzzer's work, of which the kept inputs are the fruit.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace fuzz {

inline constexpr int kRandomInputs = 2000;
using Bytes = std::vector<std::uint8_t>;
using Function = std::function<void(const std::uint8_t* data, std::size_t size)>;

// `seeds`, one at least, truncations of the first, and pseudo-random inputs, most of them a seed with something altered. The same inputs
// each time.
void replay(const std::vector<Bytes>& seeds, const Function& target, int random_inputs = kRandomInputs);

// Altered seeds until `enough` says so, which is asked between inputs. How many there were.
std::uint64_t wander(const std::vector<Bytes>& seeds, std::uint64_t random_seed, const std::function<bool()>& enough, const Function& target);

}  // namespace fuzz
