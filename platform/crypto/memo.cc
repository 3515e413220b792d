#include "platform/crypto/memo.h"

#include <atomic>
#include <mutex>
#include <unordered_map>

namespace crypto {
namespace {

struct DigestHash {
  std::size_t operator()(const base::Block<32>& digest) const { return base::load_le<std::uint64_t>(digest); }
};

struct Store {
  std::mutex mutex;
  std::unordered_map<base::Block<32>, base::Bytes, DigestHash> entries;
  std::atomic<std::uint64_t> misses = 0;
};

// Never destroyed: a thread may outlive `main`.
Store& store() {
  static Store* const kStore = new Store;
  return *kStore;
}

}  // namespace

MemoKey& MemoKey::add(base::View input) {
  base::Bytes length;
  base::append_le<std::uint64_t>(length, input.size());
  hash_.update(length).update(input);
  return *this;
}

base::Bytes memo(const MemoKey& key, const std::function<base::Bytes()>& compute) {
  Store& all = store();
  const base::Block<32> digest = key.digest();
  {
    std::lock_guard lock(all.mutex);
    if (auto found = all.entries.find(digest); found != all.entries.end()) return found->second;
  }
  // Outside the lock: two threads may compute the same value, and both get it right.
  ++all.misses;
  base::Bytes value = compute();
  std::lock_guard lock(all.mutex);
  if (all.entries.size() >= kMemoEntriesMax) all.entries.clear();
  all.entries.emplace(digest, value);
  return value;
}

std::uint64_t memo_misses() { return store().misses; }

}  // namespace crypto
