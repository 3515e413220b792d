#pragma once
// What a guest's kernel does with the tables that its host describes the machine by: takes those it knows, runs their definition blocks in
// ring 0, and makes room for the processors that they name.
//
// Convention: an entry of the XSDT is a table's signature and its number, not an address; the table is what the host hands over by that name.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guest/abi/guest.h"
#include "platform/protocol/acpi/aml.h"

namespace host_words {

// Where the kernel keeps things that follow from tables: one page, and what lies behind it is not for that.
inline constexpr std::uint64_t kRoomBytes = 4096, kPerProcessorBytes = 1024, kProcessorsMax = kRoomBytes / kPerProcessorBytes;
// The guest's own memory ends here; above are registers of devices.
inline constexpr std::uint64_t kMemoryEnd = 16ull << 20;

class Tables final : private acpi::AmlMachine {
 public:
  Tables(abi::Guest& guest, std::uint64_t room) : guest_(guest), room_(room), aml_(*this) {}
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  // From the list of tables to initialized devices and started processors. False: the kernel gives up on them.
  bool install();
  // As after a notification: every device says how it is.
  void poll();

 private:
  std::optional<base::Bytes> take(const std::string& signature);
  bool start_processors(base::View madt);
  bool sandboxed(acpi::Space space, std::uint64_t address, std::size_t count);

  bool read(acpi::Space space, std::uint64_t address, std::span<std::uint8_t> out) override;
  bool write(acpi::Space space, std::uint64_t address, base::View in) override;

  abi::Guest& guest_;
  std::uint64_t room_;
  acpi::Aml aml_;
};

}  // namespace host_words
