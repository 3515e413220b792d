#include "devices/nvme/medium.h"

#include <algorithm>

namespace nvme {

void Medium::read(std::uint64_t first, std::span<std::uint8_t> out) const {
  for (std::size_t at = 0; at < out.size(); at += kBlock, ++first) {
    const auto block = written_.find(first);
    const auto to = out.begin() + static_cast<std::ptrdiff_t>(at);
    if (block == written_.end()) std::fill_n(to, kBlock, 0);
    else std::copy(block->second.bytes.begin(), block->second.bytes.end(), to);
  }
}

void Medium::write(std::uint64_t first, base::View bytes, bool for_tee) {
  for (std::size_t at = 0; at < bytes.size(); at += kBlock, ++first) {
    Block& block = written_[first];
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), kBlock, block.bytes.begin());
    block.for_tee = for_tee;
  }
}

bool Medium::is_of_tee(std::uint64_t block) const {
  const auto found = written_.find(block);
  return found != written_.end() && found->second.for_tee;
}

void Medium::erase_of_tee() {
  std::erase_if(written_, [](const auto& entry) { return entry.second.for_tee; });
}

}  // namespace nvme
