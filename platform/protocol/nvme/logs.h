#pragma once
// Log pages and the event that asks a driver to read one (NVM Express Base 1.4, 5.2 and 5.14).
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace nvme {

enum class LogPage : std::uint8_t { kErrors = 1, kHealth = 2, kFirmware = 3 };
inline constexpr std::uint32_t kRetainEvent = 1 << 15;            // Get Log Page, command dword 10
inline constexpr std::uint8_t kLogExtended = 1 << 2;              // Identify's log attributes: long lengths, offsets
inline constexpr std::uint8_t kOneFirmwareSlot = 1 << 1 | 1;      // Identify's firmware updates: one, read-only

// What happened, as the completion of an Asynchronous Event Request says it: type in bits 2:0, what in 15:8, and the
// page to read in 23:16.
enum class EventType : std::uint8_t { kError = 0, kHealth = 1 };
struct Event {
  EventType type;
  std::uint8_t what;
  LogPage page;
  constexpr std::uint32_t word() const {
    return static_cast<std::uint32_t>(page) << 16 | std::uint32_t{what} << 8 | static_cast<std::uint32_t>(type);
  }
};
inline constexpr Event kUnknownDoorbell{EventType::kError, 0, LogPage::kErrors};
inline constexpr Event kDoorbellValue{EventType::kError, 1, LogPage::kErrors};
inline constexpr Event kTemperatureCrossed{EventType::kHealth, 1, LogPage::kHealth};
inline constexpr std::uint8_t kWarnTemperature = 1 << 1;  // of the health log

struct ErrorEntry {
  std::uint64_t count = 0;  // 0: no entry
  std::uint16_t submission_queue = 0;
  std::uint16_t command_id = 0, status = 0, location = 0;  // all ones: of no command
  std::uint64_t block = 0;
  std::uint32_t namespace_id = 0;
  bool operator==(const ErrorEntry&) const = default;
  using Wire = wire::Layout<&ErrorEntry::count, &ErrorEntry::submission_queue, &ErrorEntry::command_id,
                            &ErrorEntry::status, &ErrorEntry::location, &ErrorEntry::block, &ErrorEntry::namespace_id,
                            wire::LooseUpTo<64>{}>;
};

struct HealthLog {
  using Number = std::array<std::uint64_t, 2>;  // 128 bits, lower half first
  std::uint8_t warning = 0;
  std::uint16_t temperature = 0;  // Kelvin
  std::uint8_t spare = 0, spare_threshold = 0, used = 0;  // percent
  Number units_read{}, units_written{};  // thousands of 512 bytes, rounded up
  Number reads{}, writes{};              // commands
  Number errors{};                       // entries of the error log so far
  bool operator==(const HealthLog&) const = default;
  using Wire = wire::Layout<&HealthLog::warning, &HealthLog::temperature, &HealthLog::spare,
                            &HealthLog::spare_threshold, &HealthLog::used, wire::LooseUpTo<32>{},
                            &HealthLog::units_read, &HealthLog::units_written, &HealthLog::reads, &HealthLog::writes,
                            wire::LooseUpTo<176>{}, &HealthLog::errors, wire::LooseUpTo<512>{}>;
};

struct FirmwareLog {
  std::uint8_t active = 1;  // slot
  std::array<std::uint8_t, 8> revision{};
  bool operator==(const FirmwareLog&) const = default;
  using Wire = wire::Layout<&FirmwareLog::active, wire::LooseUpTo<8>{}, &FirmwareLog::revision,
                            wire::LooseUpTo<512>{}>;
};

}  // namespace nvme
