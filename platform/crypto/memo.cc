#include "platform/crypto/memo.h"

namespace crypto {
namespace {

// Never destroyed: a thread may outlive `main`.
Memory<base::Bytes>& store() {
  static auto* const kStore = new Memory<base::Bytes>;
  return *kStore;
}

}  // namespace

MemoKey& MemoKey::add(base::View input) {
  base::append_le<std::uint64_t>(inputs_, input.size());
  base::append(inputs_, input);
  return *this;
}

base::Bytes memo(const MemoKey& key, const std::function<base::Bytes()>& compute) { return store().get(key.digest(), compute); }

std::uint64_t memo_misses() { return store().misses(); }

}  // namespace crypto
