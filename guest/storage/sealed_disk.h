#pragma once
// A disk that is safe on an untrusted device, by levels:
//
//   kAesXtsPlain64 alone   hides content. Nobody notices what was altered, moved or brought back.
//   kAesGcmRandom          notices what was altered or moved, not what is old.
//   with a tree            notices what is old as well, as far as its root is kept where the host cannot turn it back.
//
// With the null cipher everything lies in the clear; it exists so that a disk can be asked to do without, and the asking refused.
#include <functional>
#include <memory>
#include <optional>

#include "guest/storage/format.h"
#include "platform/crypto/xts.h"
#include "platform/trust/defence.h"

namespace storage {

using Random = std::function<base::Bytes(std::size_t size)>;

struct Terms {
  Cipher cipher = Cipher::kAesGcmRandom;
  Tree tree = Tree::kSha256;
  std::uint32_t sectors = 32;
  bool operator==(const Terms&) const = default;
};

// What has to be kept away from the disk.
struct Root {
  DiskId disk_id{};
  std::array<std::uint8_t, 32> hash{};
  bool operator==(const Root&) const = default;
};

class SealedDisk {
 public:
  // Writes a new disk: every sector of data is zeroes. Null: the device is too small, or does not take it.
  static std::unique_ptr<SealedDisk> format(SectorDevice& device, const Terms& terms, base::View owner_key, const Random& random,
                                            trust::Defences& defences);
  // The disk that is there. `kept` is its root as it was committed last; without one, a tree vouches for nothing. Null: refused, or the
  // device gives nothing.
  static std::unique_ptr<SealedDisk> open(SectorDevice& device, const Terms& wanted, base::View owner_key, const std::optional<Root>& kept,
                                          const Random& random, trust::Defences& defences);

  std::optional<base::Bytes> read(std::uint64_t sector);
  // With a tree: false too when the way from its root to the sector is not the newest one, so that nothing old gets under a new root.
  bool write(std::uint64_t sector, base::View plain);
  bool flush() { return device_.flush(); }
  const Root& root() const { return root_; }
  const Terms& terms() const { return terms_; }

 private:
  using Hash = base::Block<kHashSize>;
  SealedDisk(SectorDevice& device, const Terms& terms, const DiskId& id, base::View key, Random random, trust::Defences& defences);

  struct Sealed {
    base::Bytes data;
    TagEntry tag;
  };
  Sealed seal(std::uint64_t sector, base::View plain);
  std::optional<base::Bytes> open_sector(std::uint64_t sector, base::View data, const TagEntry& tag, bool& fits) const;
  base::Bytes associated(std::uint64_t sector) const;

  Hash leaf(std::uint64_t sector, base::View data, const TagEntry& tag) const;
  Hash node(std::size_t level, std::uint64_t index, base::View content) const;
  std::optional<base::Bytes> load(std::size_t level, std::uint64_t index, bool& newest);
  bool fill();

  SectorDevice& device_;
  Terms terms_;
  Places places_;
  Root root_;
  crypto::XtsKey key_{};
  Random random_;
  trust::Defences& defences_;
};

void collect_storage_defences(std::vector<const trust::Defence*>& into);

}  // namespace storage
