#include "devices/identity/firmware.h"

#include <algorithm>

#include "platform/base/check.h"

namespace identity {
namespace {

spdm::MeasurementBlock block_of(const Component& component, std::optional<crypto::Digest> digest, bool raw) {
  const bool told_raw = raw || component.raw_only || !digest;
  return spdm::measurement_block(component.index, component.type, told_raw,
                                 told_raw ? component.content : crypto::hash(*digest, component.content));
}

Component device_mode(bool debug) {
  spdm::DeviceMode mode;
  mode.operational_mode_capabilities = spdm::kModeNormal | spdm::kModeRecovery;
  mode.operational_mode_state = spdm::kModeNormal;
  mode.device_mode_capabilities = spdm::kDebugInvasiveActive | spdm::kDebugInvasiveWasActive;
  mode.device_mode_state = debug ? spdm::kDebugInvasiveActive | spdm::kDebugInvasiveWasActive : 0;
  return {spdm::kIndexDeviceMode, spdm::MeasurementType::kDeviceMode, wire::encode(mode), true, true};
}

}  // namespace

std::vector<Component> Firmware::all() const {
  std::vector<Component> out = components;
  out.push_back({kIndexVersion, spdm::MeasurementType::kVersion, base::bytes_of(version), false, true});
  base::Bytes number;
  base::append_le(number, security_version);
  out.push_back({kIndexSecurityVersion, spdm::MeasurementType::kSecureVersionNumber, number, true, true});
  out.push_back({spdm::kIndexManifest, spdm::MeasurementType::kManifest,
                 base::bytes_of("firmware " + version + ", components " + std::to_string(components.size())), false,
                 true});
  out.push_back(device_mode(debug));
  std::ranges::stable_sort(out, {}, &Component::index);
  const auto twice = std::ranges::adjacent_find(out, {}, &Component::index);
  base::check(twice == out.end(), "each measurement has an index of its own");
  return out;
}

std::vector<spdm::MeasurementBlock> Firmware::blocks(std::optional<crypto::Digest> digest, bool raw) const {
  std::vector<spdm::MeasurementBlock> out;
  for (const Component& component : all()) out.push_back(block_of(component, digest, raw));
  return out;
}

std::vector<spdm::MeasurementBlock> Firmware::tcb_blocks(std::optional<crypto::Digest> digest) const {
  std::vector<spdm::MeasurementBlock> out;
  for (const Component& component : all())
    if (component.tcb) out.push_back(block_of(component, digest, false));
  return out;
}

Firmware firmware_of(const std::string& build, const std::string& version, std::uint64_t security_version) {
  using Type = spdm::MeasurementType;
  auto image = [&](const std::string& part) { return base::bytes_of(build + " " + part); };
  Firmware out{version, security_version, false, {}};
  out.components = {{1, Type::kImmutableRom, image("rom"), true, false},
                    {2, Type::kMutableFirmware, image("boot firmware " + version), true, false},
                    {3, Type::kMutableFirmware, image("firmware " + version), true, false},
                    {4, Type::kHardwareConfiguration, image("hardware configuration"), true, false}};
  return out;
}

}  // namespace identity
