#include "platform/protocol/spdm/opaque.h"

#include <utility>

namespace spdm {
namespace {

constexpr std::uint8_t kDmtf = 0;

base::Bytes opaque_of(Version version, base::Bytes data) {
  OpaqueElement element{.id = kDmtf, .data = std::move(data)};
  element.data_length = static_cast<std::uint16_t>(element.data.size());
  if (version < Version::k12) return wire::encode(OpaqueTable{.total_elements = 1, .elements = {element}});
  return wire::encode(OpaqueData{.total_elements = 1, .elements = {element}});
}

// The first DMTF element whose second byte is `id`.
template <class M>
std::optional<M> find(Version version, base::View opaque, std::uint8_t id) {
  auto elements = opaque_elements(version, opaque);
  if (!elements) return std::nullopt;
  for (const OpaqueElement& element : *elements) {
    if (element.id != kDmtf || !element.vendor_id.empty() || element.data.size() < 2 || element.data[1] != id) continue;
    auto message = wire::decode<M>(element.data);
    if (!message || message->sm_data_version != kSecuredDataVersion) return std::nullopt;
    return *std::move(message);
  }
  return std::nullopt;
}

}  // namespace

base::Bytes opaque_supported_versions(Version version, const std::vector<VersionNumber>& versions) {
  return opaque_of(version, wire::encode(SupportedVersions{.version_count = static_cast<std::uint8_t>(versions.size()),
                                                           .versions = versions}));
}

base::Bytes opaque_version_selection(Version version, VersionNumber selected) {
  return opaque_of(version, wire::encode(VersionSelection{.selected_version = selected}));
}

std::optional<std::vector<OpaqueElement>> opaque_elements(Version version, base::View opaque) {
  if (version < Version::k12) {
    auto table = wire::decode<OpaqueTable>(opaque);
    if (!table || table->spec_id != kOpaqueTableSpecId || table->opaque_version != kOpaqueTableVersion)
      return std::nullopt;
    return std::move(table->elements);
  }
  auto data = wire::decode<OpaqueData>(opaque);
  if (!data) return std::nullopt;
  return std::move(data->elements);
}

std::optional<std::vector<VersionNumber>> supported_versions_in(Version version, base::View opaque) {
  auto found = find<SupportedVersions>(version, opaque, kSecuredSupportedVersions);
  if (!found) return std::nullopt;
  return std::move(found->versions);
}

std::optional<VersionNumber> selected_version_in(Version version, base::View opaque) {
  auto found = find<VersionSelection>(version, opaque, kSecuredVersionSelection);
  if (!found) return std::nullopt;
  return found->selected_version;
}

}  // namespace spdm
