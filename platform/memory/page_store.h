#pragma once
// Pages of DRAM that were written, found by cell address through three levels of tables: a lookup is three loads, and a
// terabyte costs only what is touched.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "platform/memory/line_cipher.h"

namespace memory {

enum class KeyId : std::uint32_t { kNone = 0 };

// Check bits of a page's lines. A line whose MAC is not stored has the MAC that its form implies.
struct CheckBits {
  std::array<std::uint32_t, kLinesPerPage> mac{};
  std::uint64_t mac_stored = ~std::uint64_t{0};  // a bit a line
  std::uint64_t owner = 0;                       // a bit a line
};

struct Page {
  using FormId = std::uint32_t;
  static constexpr FormId kRaw = 0;
  static constexpr FormId kMixed = ~FormId{0};
  using BlockForms = std::array<std::array<FormId, kBlocksPerLine>, kLinesPerPage>;

  alignas(64) std::array<std::uint8_t, kPageBytes> bytes{};
  FormId uniform = kRaw;               // of the whole page, or kMixed
  std::unique_ptr<BlockForms> blocks;  // read only when kMixed
  std::unique_ptr<CheckBits> check;    // present when memory has integrity

  FormId form(std::size_t block) const {
    return uniform != kMixed ? uniform : (*blocks)[block / kBlocksPerLine][block % kBlocksPerLine];
  }
  void set_form(std::size_t first, std::size_t count, FormId form) {
    if (count == kBlocksPerPage || form == uniform) {
      if (count == kBlocksPerPage) uniform = form;
      return;
    }
    if (uniform != kMixed) {
      if (!blocks) blocks = std::make_unique<BlockForms>();
      for (auto& line : *blocks) line.fill(uniform);
      uniform = kMixed;
    }
    for (std::size_t i = first; i < first + count; ++i) (*blocks)[i / kBlocksPerLine][i % kBlocksPerLine] = form;
  }
};

class PageStore {
 public:
  explicit PageStore(std::uint64_t bytes) : root_((bytes + kTopBytes - 1) / kTopBytes) {}

  // Null when nothing was ever written there. `cell` is inside.
  Page* find(std::uint64_t cell) const {
    const auto& middle = root_[cell / kTopBytes];
    if (!middle) return nullptr;
    const auto& leaf = (*middle)[cell / kLeafBytes % kFan];
    return leaf ? (*leaf)[cell / kPageBytes % kFan].get() : nullptr;
  }
  Page& get(std::uint64_t cell, bool with_check) {
    auto& middle = root_[cell / kTopBytes];
    if (!middle) middle = std::make_unique<Middle>();
    auto& leaf = (*middle)[cell / kLeafBytes % kFan];
    if (!leaf) leaf = std::make_unique<Leaf>();
    auto& page = (*leaf)[cell / kPageBytes % kFan];
    if (!page) {
      page = std::make_unique<Page>();
      if (with_check) page->check = std::make_unique<CheckBits>();
      ++size_;
    }
    return *page;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint64_t kFan = 512;
  static constexpr std::uint64_t kLeafBytes = kFan * kPageBytes;
  static constexpr std::uint64_t kTopBytes = kFan * kLeafBytes;
  using Leaf = std::array<std::unique_ptr<Page>, kFan>;
  using Middle = std::array<std::unique_ptr<Leaf>, kFan>;

  std::vector<std::unique_ptr<Middle>> root_;
  std::size_t size_ = 0;
};

}  // namespace memory
