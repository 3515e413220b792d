#pragma once
// Results of public-key operations, kept for the whole process and shared between worlds and threads. P-384 costs
// about half a millisecond an operation, and thousands of worlds repeat the same ones.
//
// Invisible except for time: an entry's key covers every input of its operation, the random stream's key included,
// and the operation is a function of those alone. Never iterated, bounded, emptied when full. This file holds the
// process's only state.
#include <functional>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/hash.h"

namespace crypto {

// Collects an operation's inputs; each is preceded by its length, so that no two lists of inputs look alike.
class MemoKey {
 public:
  explicit MemoKey(std::string_view operation) { add(base::view_of(operation)); }
  MemoKey& add(base::View input);
  base::Block<32> digest() const { return hash_.finish(); }

 private:
  Hash256 hash_;
};

inline constexpr std::size_t kMemoEntriesMax = 1 << 16;

// The value that an earlier call stored under `key`, else what `compute` returns now. A throw stores nothing.
base::Bytes memo(const MemoKey& key, const std::function<base::Bytes()>& compute);

// How many times `memo` had to compute, for tests and benchmarks.
std::uint64_t memo_misses();

}  // namespace crypto
