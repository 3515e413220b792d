#include "guest/storage/format.h"

namespace storage {

namespace {
constexpr std::uint64_t up(std::uint64_t what, std::uint64_t by) { return (what + by - 1) / by; }
}  // namespace

Places::Places(std::uint32_t data_sectors) {
  std::uint64_t at = tags + up(data_sectors, kTagsInSector);
  for (std::uint64_t below = data_sectors;;) {
    const std::uint64_t count = up(below, kHashesInSector);
    levels.push_back(at), counts.push_back(count);
    at += count;
    if (count <= 1) break;
    below = count;
  }
  data = at;
  end = data + data_sectors;
}

}  // namespace storage
