#pragma once
// Where a command's data lies in the driver's memory: physical region pages, two of them or a list
// (NVM Express Base 1.4, 4.3).
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "platform/protocol/nvme/nvme.h"

namespace nvme {

struct Piece {
  std::uint64_t address = 0;
  std::size_t size = 0;
  bool operator==(const Piece&) const = default;
};

struct Pieces {
  Status status = Status::kSuccess;  // else there are none
  std::vector<Piece> list;
};

// `fetch` reads memory; false when it cannot. Follows no more pointers than `size` has pages.
using Fetch = std::function<bool(std::uint64_t address, std::span<std::uint8_t> into)>;
Pieces pieces_of(std::uint64_t prp1, std::uint64_t prp2, std::size_t size, const Fetch& fetch);

}  // namespace nvme
