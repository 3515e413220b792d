#pragma once
// A disk in memory for tests, which can be looked at, altered and brought back.
#include <functional>

#include "guest/storage/sealed_disk.h"
#include "platform/crypto/hash.h"

namespace storage::test {

class Disk final : public SectorDevice {
 public:
  explicit Disk(std::uint64_t count) : all(count, base::Bytes(kSector)) {}
  std::uint64_t sectors() const override { return all.size(); }
  std::optional<base::Bytes> read(std::uint64_t sector) override {
    if (sector >= all.size()) return std::nullopt;
    return all[sector];
  }
  bool write(std::uint64_t sector, base::View bytes) override {
    if (sector >= all.size() || bytes.size() != kSector) return false;
    all[sector] = base::bytes_of(bytes);
    return true;
  }
  bool flush() override { return true; }
  std::vector<base::Bytes> all;
};

// Bytes that differ each time.
inline Random source() {
  return [count = std::uint64_t{0}](std::size_t size) mutable {
    base::Bytes out;
    while (out.size() < size) {
      base::Bytes seed;
      base::append_le(seed, ++count);
      const auto more = crypto::sha256(seed);
      out.insert(out.end(), more.begin(), more.end());
    }
    out.resize(size);
    return out;
  };
}

inline const base::Bytes kOwnerKey(32, 0x5a);

}  // namespace storage::test
