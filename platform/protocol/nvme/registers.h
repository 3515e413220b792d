#pragma once
// BAR 0 of an NVMe controller (NVM Express Base 1.4, 3.1): registers of 4 or 8 bytes, little-endian, doorbells behind
// them at 1000h.
#include <cstdint>

namespace nvme {

inline constexpr std::uint64_t kBar0Size = 0x4000;
inline constexpr std::uint64_t kCap = 0x00, kVs = 0x08, kIntms = 0x0c, kIntmc = 0x10, kCc = 0x14, kCsts = 0x1c,
                               kAqa = 0x24, kAsq = 0x28, kAcq = 0x30, kRegistersEnd = 0x38;
inline constexpr std::uint64_t kDoorbells = 0x1000;

// CAP
inline constexpr std::uint64_t kCapContiguous = 1ull << 16, kCapNvmCommands = 1ull << 37;
inline constexpr unsigned kCapTimeoutShift = 24;  // in units of 500 ms
inline constexpr std::uint32_t kVersion14 = 0x00010400;

// CC
inline constexpr std::uint32_t kCcEnable = 1;
inline constexpr std::uint32_t kCcCommandSetMask = 7u << 4, kCcPageSizeMask = 0xfu << 7, kCcArbitrationMask = 7u << 11,
                               kCcShutdownMask = 3u << 14;
inline constexpr unsigned kCcSubmissionSizeShift = 16, kCcCompletionSizeShift = 20;
inline constexpr std::uint32_t kCcWritable = 0x00fffff1;

// CSTS
inline constexpr std::uint32_t kCstsReady = 1, kCstsFatal = 1 << 1, kCstsShutdownComplete = 2u << 2;

inline constexpr std::uint32_t kSubmissionEntrySize = 64, kCompletionEntrySize = 16;
inline constexpr std::uint32_t kSubmissionEntryLog = 6, kCompletionEntryLog = 4;
inline constexpr std::uint64_t kPageSize = 4096;  // with CC.MPS 0

// With a stride of 0.
constexpr std::uint64_t submission_doorbell(unsigned queue) { return kDoorbells + 8 * std::uint64_t{queue}; }
constexpr std::uint64_t completion_doorbell(unsigned queue) { return kDoorbells + 8 * std::uint64_t{queue} + 4; }

}  // namespace nvme
