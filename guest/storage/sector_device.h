#pragma once
// What a disk is to whoever seals it: numbered sectors of 512 bytes that somebody else keeps. Nothing that comes back is believed.
#include <optional>

#include "platform/base/bytes.h"

namespace storage {

inline constexpr std::size_t kSector = 512;

class SectorDevice {
 public:
  virtual ~SectorDevice() = default;
  virtual std::uint64_t sectors() const = 0;
  // 512 bytes, taken once; nothing when the disk does not give them.
  virtual std::optional<base::Bytes> read(std::uint64_t sector) = 0;
  virtual bool write(std::uint64_t sector, base::View bytes) = 0;
  virtual bool flush() = 0;
};

}  // namespace storage
