#pragma once
// The blocks of a disk. What was written for a TEE lies under a key of its own that ends with the TEE's hold on the
// disk; erasing those blocks stands for that (convention).
#include <array>
#include <cstdint>
#include <map>
#include <span>

#include "platform/base/bytes.h"

namespace nvme {

inline constexpr std::size_t kBlock = 512;
inline constexpr unsigned kBlockLog = 9;

class Medium {
 public:
  explicit Medium(std::uint64_t blocks) : blocks_(blocks) {}

  std::uint64_t blocks() const { return blocks_; }
  bool has(std::uint64_t first, std::uint64_t count) const { return first <= blocks_ && count <= blocks_ - first; }
  // Both in whole blocks that the medium has. A block never written reads as zeroes.
  void read(std::uint64_t first, std::span<std::uint8_t> out) const;
  void write(std::uint64_t first, base::View bytes, bool for_tee);
  void erase_of_tee();
  // Whether the block lies under a TEE's key.
  bool is_of_tee(std::uint64_t block) const;
  bool is_written(std::uint64_t block) const { return written_.contains(block); }

 private:
  struct Block {
    std::array<std::uint8_t, kBlock> bytes;
    bool for_tee;
  };
  std::uint64_t blocks_;
  std::map<std::uint64_t, Block> written_;
};

}  // namespace nvme
