#pragma once
// Results of public-key operations, of deriving their keys and of reading certificates, kept for the whole process and
// shared between worlds and threads. P-384 costs about half a millisecond an operation, and thousands of worlds repeat the same ones.
//
// Invisible except for time: an entry's key covers every input of its operation, the random stream's key included,
// and the operation is a function of those alone. Never iterated, bounded, emptied when full. Its tables are the
// process's only state.
#include <atomic>
#include <functional>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "platform/base/bytes.h"
#include "platform/crypto/hash.h"

namespace crypto {

// Collects an operation's inputs; each is preceded by its length, so that no two lists of inputs look alike.
class MemoKey {
 public:
  explicit MemoKey(std::string_view operation) { add(base::view_of(operation)); }
  MemoKey& add(base::View input);
  base::Block<32> digest() const { return sha256(inputs_); }

 private:
  base::Bytes inputs_;
};

inline constexpr std::size_t kMemoEntriesMax = 1 << 16;

// One table of such results. Threads share it; a V is copied out, so it must be a value.
template <class V>
class Memory {
 public:
  explicit Memory(std::size_t entries_max = kMemoEntriesMax) : entries_max_(entries_max) {}
  // The value that an earlier call stored under `key`, else what `compute` returns now. A throw stores nothing.
  V get(const base::Block<32>& key, const std::function<V()>& compute) {
    {
      std::lock_guard lock(mutex_);
      if (auto found = entries_.find(key); found != entries_.end()) return found->second;
    }
    // Outside the lock: two threads may compute the same value, and both get it right.
    ++misses_;
    V value = compute();
    std::lock_guard lock(mutex_);
    if (entries_.size() >= entries_max_) entries_.clear();
    entries_.emplace(key, value);
    return value;
  }
  std::uint64_t misses() const { return misses_; }

 private:
  struct DigestHash {
    std::size_t operator()(const base::Block<32>& digest) const { return base::load_le<std::uint64_t>(digest); }
  };
  const std::size_t entries_max_;
  std::mutex mutex_;
  std::unordered_map<base::Block<32>, V, DigestHash> entries_;
  std::atomic<std::uint64_t> misses_ = 0;
};

// The table of public-key operations and of keys derived for them.
base::Bytes memo(const MemoKey& key, const std::function<base::Bytes()>& compute);

// How many times `memo` had to compute, for tests and benchmarks.
std::uint64_t memo_misses();

}  // namespace crypto
