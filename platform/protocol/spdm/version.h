#pragma once
// GET_VERSION and VERSION (DSP0274 1.3, 10.3). Both are always of version 1.0.
#include <cstdint>
#include <vector>

#include "platform/protocol/spdm/header.h"

namespace spdm {

struct GetVersion {
  Header header{.version = Version::k10, .code = Code::kGetVersion};
  bool operator==(const GetVersion&) const = default;
  using Wire = wire::Layout<&GetVersion::header>;
};

// 15:12 major, 11:8 minor, 7:4 update, 3:0 alpha.
using VersionNumber = std::uint16_t;
constexpr VersionNumber version_number(Version version) {
  return static_cast<VersionNumber>(static_cast<std::uint8_t>(version) << 8);
}
constexpr Version version_of(VersionNumber number) { return static_cast<Version>(number >> 8); }
constexpr bool is_alpha(VersionNumber number) { return (number & 0xf) != 0; }

struct VersionResponse {
  Header header{.version = Version::k10, .code = Code::kVersion};
  std::uint8_t version_number_entry_count = 0;
  std::vector<VersionNumber> version_number_entries{};
  bool operator==(const VersionResponse&) const = default;
  using Wire = wire::Layout<
      &VersionResponse::header, wire::Loose<1>{}, &VersionResponse::version_number_entry_count,
      wire::Run<&VersionResponse::version_number_entries, &VersionResponse::version_number_entry_count>{}>;
};

}  // namespace spdm
