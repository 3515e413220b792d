#pragma once
// A fuzz target without a fuzzer: given seeds and their truncations, and 2000 pseudo-random inputs, most of them a seed with
// something altered. The same inputs each time.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace fuzz {

inline constexpr int kRandomInputs = 2000;
using Bytes = std::vector<std::uint8_t>;

// `seeds`: one at least.
void replay(const std::vector<Bytes>& seeds, const std::function<void(const std::uint8_t* data, std::size_t size)>& target);

}  // namespace fuzz
