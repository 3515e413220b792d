#pragma once
// What a guest asks for about a device that platform firmware speaks to in its place, the same for every technology: its kernel carries
// each call out in the technology's own messages and instructions. convention: no driver has such a layer in common. Little-endian.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace tio {

// A call that was not carried out has no answer; neither has one about an interface that is not the caller's.
enum class ManagedCall : std::uint32_t {
  kBind = 1,        // the host has firmware lock the interface for the caller
  kInfo = 2,        // answer: InterfaceInfo, which the host could not touch
  kRun = 3,         // the interface starts (TDISP RUN)
  kValidate = 4,    // MmioRange: that range of the report is where the caller has it, and private
  kEnableDma = 5,   // the interface's trusted requests reach the caller's memory
  kDisableDma = 6,
  kUnbind = 7,      // back to the host
};

struct InterfaceInfo {
  std::uint8_t measured = 0, fresh = 0;  // at all; and since the interface was locked for the caller
  std::uint16_t lock_flags = 0;          // of LOCK_INTERFACE_REQUEST
  // SHA-384 of the slot's certificate chain, of the measurements' transcript and of the interface report.
  base::Block<48> certificates{}, measurements{}, report{};
  bool operator==(const InterfaceInfo&) const = default;
  using Wire = wire::Layout<&InterfaceInfo::measured, &InterfaceInfo::fresh, &InterfaceInfo::lock_flags, &InterfaceInfo::certificates,
                            &InterfaceInfo::measurements, &InterfaceInfo::report>;
};

// As the interface report has it.
struct MmioRange {
  std::uint64_t first_page = 0;  // guest physical page number
  std::uint32_t page_count = 0;
  std::uint16_t range_id = 0;
  bool operator==(const MmioRange&) const = default;
  using Wire = wire::Layout<&MmioRange::first_page, &MmioRange::page_count, &MmioRange::range_id>;
};

}  // namespace tio
