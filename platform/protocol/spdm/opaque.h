#pragma once
// Opaque data: the general format 1 of SPDM 1.2 (DSP0274 1.3, 9.2.3), the older table of DSP0277 1.0, and the elements
// with which KEY_EXCHANGE and PSK_EXCHANGE agree on a version of secured messages (DSP0277 1.2, 6).
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/protocol/spdm/header.h"
#include "platform/protocol/spdm/version.h"

namespace spdm {

struct OpaqueElement {
  std::uint8_t id = 0;  // registry: DMTF is 0
  std::uint8_t vendor_length = 0;
  base::Bytes vendor_id{};
  std::uint16_t data_length = 0;
  base::Bytes data{};
  bool operator==(const OpaqueElement&) const = default;
  using Wire = wire::Layout<&OpaqueElement::id, &OpaqueElement::vendor_length,
                            wire::Run<&OpaqueElement::vendor_id, &OpaqueElement::vendor_length>{},
                            &OpaqueElement::data_length,
                            wire::Run<&OpaqueElement::data, &OpaqueElement::data_length>{}, wire::Align<4>{}>;
};

struct OpaqueData {
  std::uint8_t total_elements = 0;
  std::vector<OpaqueElement> elements{};
  bool operator==(const OpaqueData&) const = default;
  using Wire = wire::Layout<&OpaqueData::total_elements, wire::Loose<3>{},
                            wire::Run<&OpaqueData::elements, &OpaqueData::total_elements>{}>;
};

inline constexpr std::uint32_t kOpaqueTableSpecId = 0x444d5446;  // "DMTF" read as a big-endian number
inline constexpr std::uint8_t kOpaqueTableVersion = 1;

// What stands in place of OpaqueData before 1.2.
struct OpaqueTable {
  std::uint32_t spec_id = kOpaqueTableSpecId;
  std::uint8_t opaque_version = kOpaqueTableVersion;
  std::uint8_t total_elements = 0;
  std::vector<OpaqueElement> elements{};
  bool operator==(const OpaqueTable&) const = default;
  using Wire = wire::Layout<&OpaqueTable::spec_id, &OpaqueTable::opaque_version, &OpaqueTable::total_elements,
                            wire::Loose<2>{}, wire::Run<&OpaqueTable::elements, &OpaqueTable::total_elements>{}>;
};

inline constexpr std::uint8_t kSecuredDataVersion = 1;
inline constexpr std::uint8_t kSecuredVersionSelection = 0;
inline constexpr std::uint8_t kSecuredSupportedVersions = 1;

inline constexpr VersionNumber kSecuredMessages10 = 0x1000;
inline constexpr VersionNumber kSecuredMessages11 = 0x1100;
inline constexpr VersionNumber kSecuredMessages12 = 0x1200;

// The data of a DMTF element in a request: what the requester speaks.
struct SupportedVersions {
  std::uint8_t sm_data_version = kSecuredDataVersion;
  std::uint8_t sm_data_id = kSecuredSupportedVersions;
  std::uint8_t version_count = 0;
  std::vector<VersionNumber> versions{};
  bool operator==(const SupportedVersions&) const = default;
  using Wire = wire::Layout<&SupportedVersions::sm_data_version, &SupportedVersions::sm_data_id,
                            &SupportedVersions::version_count,
                            wire::Run<&SupportedVersions::versions, &SupportedVersions::version_count>{}>;
};

// And in a response: what the responder chose.
struct VersionSelection {
  std::uint8_t sm_data_version = kSecuredDataVersion;
  std::uint8_t sm_data_id = kSecuredVersionSelection;
  VersionNumber selected_version = kSecuredMessages11;
  bool operator==(const VersionSelection&) const = default;
  using Wire = wire::Layout<&VersionSelection::sm_data_version, &VersionSelection::sm_data_id,
                            &VersionSelection::selected_version>;
};

// Opaque data of one DMTF element, in the form that this version of SPDM has for it.
base::Bytes opaque_supported_versions(Version version, const std::vector<VersionNumber>& versions);
base::Bytes opaque_version_selection(Version version, VersionNumber selected);
// The elements, whichever form they have. Empty when the bytes are no opaque data of this version.
std::optional<std::vector<OpaqueElement>> opaque_elements(Version version, base::View opaque);
// What the first element of that kind says; empty without a well-formed one.
std::optional<std::vector<VersionNumber>> supported_versions_in(Version version, base::View opaque);
std::optional<VersionNumber> selected_version_in(Version version, base::View opaque);

}  // namespace spdm
