#include "devices/nvme/prp.h"

#include <algorithm>

#include "platform/protocol/nvme/registers.h"

namespace nvme {
namespace {

constexpr std::size_t kEntry = 8;
constexpr std::uint64_t kOffset = kPageSize - 1;

Pieces refused(Status status) { return {status, {}}; }

}  // namespace

Pieces pieces_of(std::uint64_t prp1, std::uint64_t prp2, std::size_t size, const Fetch& fetch) {
  // The first entry may begin within its page, at a double word.
  if (prp1 % 4 != 0) return refused(Status::kPrpOffsetInvalid);
  Pieces out;
  std::size_t left = size;
  const auto take = [&](std::uint64_t address) {
    const std::size_t part = std::min<std::size_t>(left, kPageSize - (address & kOffset));
    out.list.push_back({address, part});
    left -= part;
  };
  take(prp1);
  if (left == 0) return out;
  if (left <= kPageSize) {
    if (prp2 & kOffset) return refused(Status::kPrpOffsetInvalid);
    take(prp2);
    return out;
  }
  // A list runs to the end of its page; its last place there points on when more is to come.
  if (prp2 % kEntry != 0) return refused(Status::kPrpOffsetInvalid);
  for (std::uint64_t list = prp2; left > 0;) {
    const std::size_t places = (kPageSize - (list & kOffset)) / kEntry;
    const std::size_t pages = (left + kPageSize - 1) / kPageSize;
    std::vector<std::uint8_t> raw(std::min(places, pages) * kEntry);
    if (!fetch(list, raw)) return refused(Status::kDataTransferError);
    for (std::size_t i = 0; i < raw.size() / kEntry; ++i) {
      const auto entry = base::load_le<std::uint64_t>(raw, i * kEntry);
      if (entry & kOffset) return refused(Status::kPrpOffsetInvalid);
      if (i + 1 == places && pages > places) {
        list = entry;
        break;
      }
      take(entry);
    }
  }
  return out;
}

}  // namespace nvme
