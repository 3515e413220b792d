#include "guest/programs/device_look.h"

#include "guest/device_trust/policy_file.h"

namespace programs {

namespace {

constexpr std::uint32_t kIds = 0x00, kClass = 0x08, kBar0 = 0x10, kBar2 = 0x18, kSubsystem = 0x2c, kCapabilities = 0x34;  // configuration space
constexpr std::uint32_t kPcieCapability = 0x10, kMsixCapability = 0x11;
constexpr std::uint32_t kDeviceControl = 8, kInitiateFlr = 1u << 15;  // within the first
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
  // Each read once: the host may answer otherwise the next time.
  const std::uint32_t ids = dword(kIds), kind = dword(kClass), subsystem = dword(kSubsystem);
  seen.identity = {.vendor_id = static_cast<std::uint16_t>(ids), .device_id = static_cast<std::uint16_t>(ids >> 16),
                   .class_code = kind >> 8, .revision = static_cast<std::uint8_t>(kind)};
  seen.identity.subsystem = {static_cast<std::uint16_t>(subsystem), static_cast<std::uint16_t>(subsystem >> 16)};
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

std::optional<device_trust::Policy> owners_policy(abi::Guest& guest, const std::string& device) {
  const auto file = guest.image_file(("device-policy " + device).c_str());
  return file ? device_trust::policy_of(*file) : std::nullopt;
}

std::optional<tdisp::FunctionId> function_of(abi::Guest& guest, const std::string& device) {
  const auto number = guest.image_file(("device-function " + device).c_str());
  if (!number || number->size() != 2) return std::nullopt;
  return tdisp::FunctionId{.bits = base::load_le<std::uint16_t>(*number)};
}

std::uint8_t stream_of(abi::Guest& guest, const std::string& device) {
  const auto number = guest.image_file(("device-stream " + device).c_str());
  return number && number->size() == 1 ? number->front() : 1;
}

bool reset_function(abi::Guest& guest, const char* device) {
  const std::uint32_t at = find_capability(guest, device, kPcieCapability);
  return at != 0 && guest.set_device_config(device, at + kDeviceControl, guest.device_config(device, at + kDeviceControl) | kInitiateFlr);
}

}  // namespace programs
