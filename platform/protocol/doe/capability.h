#pragma once
// The DOE extended capability in configuration space (PCIe 6.x, 7.9.24): offsets from its start and what the bits of
// its registers mean. Every access is one aligned dword.
#include <cstdint>

namespace doe {

inline constexpr std::uint16_t kCapabilityId = 0x002e;
inline constexpr std::uint8_t kCapabilityVersion1 = 1;
inline constexpr std::uint8_t kCapabilityVersion2 = 2;
inline constexpr std::uint16_t kCapabilitySize = 0x18;

inline constexpr std::uint16_t kRegisterHeader = 0x00;
inline constexpr std::uint16_t kRegisterCapabilities = 0x04;
inline constexpr std::uint16_t kRegisterControl = 0x08;
inline constexpr std::uint16_t kRegisterStatus = 0x0c;
inline constexpr std::uint16_t kRegisterWriteMailbox = 0x10;  // a write appends a dword; reads as zero
inline constexpr std::uint16_t kRegisterReadMailbox = 0x14;   // reads the dword at hand; any write moves on

// 15:0 id, 19:16 version, 31:20 where the next capability lies.
constexpr std::uint32_t capability_header(std::uint8_t version, std::uint16_t next) {
  return kCapabilityId | (version & 0xfu) << 16 | (next & 0xfffu) << 20;
}

inline constexpr std::uint32_t kCapabilitiesInterruptSupport = 1u << 0;
constexpr std::uint32_t capabilities_interrupt_message(std::uint16_t number) { return (number & 0x7ffu) << 1; }
constexpr std::uint16_t interrupt_message_of(std::uint32_t capabilities) {
  return static_cast<std::uint16_t>(capabilities >> 1 & 0x7ff);
}

inline constexpr std::uint32_t kControlAbort = 1u << 0;  // reads as zero
inline constexpr std::uint32_t kControlInterruptEnable = 1u << 1;
inline constexpr std::uint32_t kControlGo = 1u << 31;  // reads as zero

inline constexpr std::uint32_t kStatusBusy = 1u << 0;
inline constexpr std::uint32_t kStatusInterrupt = 1u << 1;  // a one clears it
inline constexpr std::uint32_t kStatusError = 1u << 2;
inline constexpr std::uint32_t kStatusObjectReady = 1u << 31;

inline constexpr std::uint64_t kResponseMicrosecondsMax = 1'000'000;  // from Go to Object Ready or Error
inline constexpr std::uint64_t kAbortMicrosecondsMax = 1'000'000;

}  // namespace doe
