#pragma once
// One entry of the reverse map table, and the 16 bytes in which processors of the Milan and Genoa families keep it in memory.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/memory/nested_tables.h"

namespace sev {

// VMPL permissions of an entry.
inline constexpr std::uint8_t kPermRead = 1, kPermWrite = 2, kPermExecuteUser = 4, kPermExecuteSupervisor = 8;
inline constexpr std::uint8_t kPermAll = 0xF;

struct RmpEntry {
  bool assigned = false;   // owned by a guest or by firmware, not by the hypervisor
  bool validated = false;  // its guest accepted it
  bool immutable = false;  // RMPUPDATE and PSMASH keep off
  bool vmsa = false;       // may be used as a save area
  std::uint32_t asid = 0;  // 0 with `assigned`: firmware
  std::uint64_t gpa = 0;   // bytes, page-aligned
  memory::PageSize size = memory::PageSize::k4K;
  std::array<std::uint8_t, 4> perms{};  // by VMPL
  friend bool operator==(const RmpEntry&, const RmpEntry&) = default;
};

inline constexpr std::uint64_t kRmpEntryBytes = 16;
inline constexpr std::uint64_t kRmpBookkeeping = 0x4000;  // bytes before the first entry
inline constexpr std::uint32_t kRmpAsidMax = 0x3FF;
inline constexpr std::uint64_t kRmpGpaEnd = std::uint64_t{1} << 51;

// Two little-endian words (Linux arch/x86/virt/svm/sev.c, raw entry). Low: assigned b0, 2 MiB b1, immutable b2, GPA b50:12, ASID
// b60:51, VMSA b61, validated b62. convention: the high word's layout is not published; here one byte of permissions a VMPL.
base::Block<kRmpEntryBytes> encode_rmp_entry(const RmpEntry& entry);
inline bool rmp_entry_assigned(base::View bytes) { return bytes[0] & 1; }
// Takes any bytes, as the processor does. What is not assigned is the empty entry.
RmpEntry decode_rmp_entry(base::View bytes);

}  // namespace sev
