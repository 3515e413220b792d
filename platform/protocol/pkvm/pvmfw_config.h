#pragma once
// What a bootloader appends to protected VM firmware (AOSP, packages/modules/Virtualization, guest/pvmfw/README.md,
// configuration data): a header at the page behind the binary, little-endian, and blobs aligned to 8 bytes. The minor
// version says how many entries there are.
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace pkvmproto {

inline constexpr std::uint32_t kPvmfwMagic = 0x666d'7670;  // "pvmf"
constexpr std::uint32_t pvmfw_version(std::uint16_t major, std::uint16_t minor) {
  return std::uint32_t{major} << 16 | minor;
}

struct PvmfwEntry {
  std::uint32_t offset = 0, size = 0;  // from the header's first byte; 0, 0: not there
  bool operator==(const PvmfwEntry&) const = default;
  using Wire = wire::Layout<&PvmfwEntry::offset, &PvmfwEntry::size>;
};

// Version 1.0: a DICE handover and a debug policy.
struct PvmfwHeader {
  std::uint32_t magic = kPvmfwMagic;
  std::uint32_t version = pvmfw_version(1, 0);
  std::uint32_t total_size = 0;  // header included
  std::uint32_t flags = 0;
  std::array<PvmfwEntry, 2> entries{};
  using Wire = wire::Layout<&PvmfwHeader::magic, &PvmfwHeader::version, &PvmfwHeader::total_size, &PvmfwHeader::flags,
                            &PvmfwHeader::entries>;
};
inline constexpr std::size_t kPvmfwHandover = 0, kPvmfwDebugPolicy = 1;

struct PvmfwConfig {
  base::Bytes handover, debug_policy;  // empty: not there
  bool operator==(const PvmfwConfig&) const = default;
};
base::Bytes encode_config(const PvmfwConfig& config);
// Empty unless the header is one of version 1.0, every entry lies behind it and inside of total_size, aligned, none
// over another, and total_size is no more than there is. What stands behind total_size is not looked at.
std::optional<PvmfwConfig> decode_config(base::View bytes);

}  // namespace pkvmproto
