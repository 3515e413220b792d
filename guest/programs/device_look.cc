#include "guest/programs/device_look.h"

#include "platform/protocol/spdm/measurements.h"

namespace programs {

namespace {

constexpr std::uint32_t kIds = 0x00, kClass = 0x08, kBar0 = 0x10, kBar2 = 0x18, kSubsystem = 0x2c, kCapabilities = 0x34;  // configuration space
constexpr std::uint32_t kPcieCapability = 0x10, kMsixCapability = 0x11;
constexpr std::uint32_t kDeviceControl = 8, kInitiateFlr = 1u << 15;  // within the first
constexpr std::uint16_t kMsixRange = 2;  // BAR 2 holds the interrupt table alone, which this guest leaves to the host
constexpr int kHopsMax = 48;

// Where a capability is (PCIe 6.0, 7.5.1.1.11); 0: nowhere.
std::uint32_t find_capability(abi::Guest& guest, const char* device, std::uint32_t id) {
  std::uint32_t at = guest.device_config(device, kCapabilities) & 0xfc;
  for (int hop = 0; hop < kHopsMax && at >= 0x40; ++hop) {
    const std::uint32_t word = guest.device_config(device, at);
    if ((word & 0xff) == id) return at;
    at = word >> 8 & 0xfc;
  }
  return 0;
}

}  // namespace

// What the guest sees of the device, through the host.
device_trust::Seen look(abi::Guest& guest, const char* device, tdisp::FunctionId function) {
  const auto dword = [&](std::uint32_t offset) { return guest.device_config(device, offset); };
  device_trust::Seen seen;
  seen.interface = function;
  seen.identity = {.vendor_id = static_cast<std::uint16_t>(dword(kIds)), .device_id = static_cast<std::uint16_t>(dword(kIds) >> 16),
                   .class_code = dword(kClass) >> 8, .revision = static_cast<std::uint8_t>(dword(kClass))};
  seen.identity.subsystem = {static_cast<std::uint16_t>(dword(kSubsystem)), static_cast<std::uint16_t>(dword(kSubsystem) >> 16)};
  for (const auto& [index, at] : {std::pair{0, kBar0}, std::pair{2, kBar2}}) {
    const std::uint32_t low = dword(at), high = dword(at + 4);
    guest.set_device_config(device, at, 0xffff'ffff);
    const std::uint32_t mask = dword(at) & ~0xfu;
    guest.set_device_config(device, at, low);
    seen.bars.push_back({.index = static_cast<std::uint16_t>(index), .address = std::uint64_t{high} << 32 | (low & ~0xfu),
                         .size = std::uint64_t{~mask} + 1});
  }
  if (const std::uint32_t at = find_capability(guest, device, kMsixCapability); at != 0) {
    const std::uint32_t table = dword(at + 4), pending = dword(at + 8);
    seen.msix = {.control = static_cast<std::uint16_t>(dword(at) >> 16),
                 .table_bar = static_cast<std::uint16_t>(table & 7), .table_offset = table & ~7u,
                 .pba_bar = static_cast<std::uint16_t>(pending & 7), .pba_offset = pending & ~7u};
  }
  return seen;
}

// What the owner put into the image: whose devices, and which firmware.
std::optional<device_trust::Policy> owners_policy(abi::Guest& guest, const std::string& device) {
  const std::string of = device.empty() ? "" : " " + device;
  const auto root = guest.image_file(("device-root" + of).c_str()), firmware = guest.image_file(("device-firmware" + of).c_str());
  const auto certificate = root ? crypto::Certificate::from_der(*root) : std::nullopt;
  if (!certificate || !firmware) return std::nullopt;
  device_trust::Policy policy;
  policy.chain.keyring = {{.root = *certificate, .vendors = {}}};
  policy.interface.non_tee_ranges = {kMsixRange};
  policy.measurements.require_signature = policy.measurements.require_device_mode = true;
  for (std::size_t at = 0; at + 4 <= firmware->size();) {
    const std::size_t size = 4 + base::load_le<std::uint16_t>(*firmware, at + 2);
    if (size > firmware->size() - at) return std::nullopt;
    const auto block = wire::decode<spdm::MeasurementBlock>(base::View(*firmware).subspan(at, size));
    if (!block) return std::nullopt;
    const auto value = wire::decode<spdm::DmtfMeasurement>(block->measurement);
    if (!value) return std::nullopt;
    at += size;
    const auto type = static_cast<spdm::MeasurementType>(value->value_type & 0x7f);
    if (type == spdm::MeasurementType::kDeviceMode) continue;  // judged by what it says
    policy.measurements.references[block->index] = {.type = type, .raw = (value->value_type & 0x80) != 0, .values = {value->value}};
  }
  return policy;
}

std::optional<tdisp::FunctionId> function_of(abi::Guest& guest, const std::string& device) {
  const auto number = guest.image_file(("device-function " + device).c_str());
  if (!number || number->size() != 2) return std::nullopt;
  return tdisp::FunctionId{.bits = base::load_le<std::uint16_t>(*number)};
}

bool reset_function(abi::Guest& guest, const char* device) {
  const std::uint32_t at = find_capability(guest, device, kPcieCapability);
  return at != 0 && guest.set_device_config(device, at + kDeviceControl, guest.device_config(device, at + kDeviceControl) | kInitiateFlr);
}

}  // namespace programs
