#pragma once
// How an operating system asks platform firmware for control of what firmware would otherwise do itself: the capabilities buffer of
// _OSC for PCI host bridges (ACPI 6.5, 6.2.11; PCI Firmware 3.3, 4.5.1). Three 32-bit words, little-endian: status, what is supported,
// what control is asked for; the answer has the granted ones.
//
// convention: no control bit is assigned yet for authenticating devices and driving their TEE-I/O; it is bit 31 here.
#include <cstdint>

#include "platform/wire/wire.h"

namespace acpi {

inline constexpr std::uint32_t kOscQuery = 1, kOscFailed = 1u << 1, kOscMasked = 1u << 4;                     // status
inline constexpr std::uint32_t kOscExtendedConfig = 1, kOscMsi = 1u << 4;                                  // support
inline constexpr std::uint32_t kOscHotPlug = 1, kOscPme = 1u << 2, kOscAer = 1u << 3, kOscCapability = 1u << 4, kOscDpc = 1u << 7;  // control
inline constexpr std::uint32_t kOscTrustedDevices = 1u << 31;  // control

struct OscBuffer {
  std::uint32_t status = 0, support = 0, control = 0;
  bool operator==(const OscBuffer&) const = default;
  using Wire = wire::Layout<&OscBuffer::status, &OscBuffer::support, &OscBuffer::control>;
};

// What firmware answers that would give at most `grantable`. Bits that it takes away are said to be masked; a query changes nothing and
// is answered alike.
constexpr OscBuffer osc_answer(const OscBuffer& asked, std::uint32_t grantable) {
  OscBuffer out{.status = asked.status & kOscQuery, .support = asked.support, .control = asked.control & grantable};
  if (out.control != asked.control) out.status |= kOscMasked;
  return out;
}

}  // namespace acpi
