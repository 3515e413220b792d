#pragma once
// Features of a controller and the words of Set and Get Features (NVM Express Base 1.4, 5.13 and 5.21).
#include <cstdint>

namespace nvme {

enum class Feature : std::uint8_t {
  kArbitration = 0x01,
  kPower = 0x02,
  kTemperature = 0x04,
  kErrorRecovery = 0x05,
  kNumberOfQueues = 0x07,
  kCoalescing = 0x08,
  kVector = 0x09,
  kWriteAtomicity = 0x0a,
  kEvents = 0x0b,
};

// Which of a feature's values Get asks for: command dword 10, bits 10:8.
enum class Select : std::uint8_t { kCurrent = 0, kDefault = 1, kSaved = 2, kCapabilities = 3 };
inline constexpr unsigned kSelectShift = 8;
inline constexpr std::uint32_t kSelectMask = 7;
inline constexpr std::uint32_t kSave = 1u << 31;  // Set, command dword 10
inline constexpr std::uint32_t kCanChange = 1 << 2, kOfNamespace = 1 << 1;  // what Select::kCapabilities answers
inline constexpr std::uint16_t kSaveAndSelect = 1 << 4;                     // Identify's optional commands

// Temperature Threshold, command dword 11: Kelvin, which sensor, and whether above or below is the wrong side.
inline constexpr std::uint32_t kThresholdMask = 0xffff, kSensorMask = 0xf << 16, kSideMask = 3 << 20, kSideUnder = 1 << 20;
inline constexpr std::uint32_t kVectorMask = 0xffff, kVectorAtOnce = 1 << 16;  // Interrupt Vector Configuration
inline constexpr std::uint32_t kTemperatureEvent = 1 << 1;                     // Asynchronous Event Configuration

}  // namespace nvme
