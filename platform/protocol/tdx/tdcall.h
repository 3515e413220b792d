#pragma once
// A TD's calls into the TDX module (TDCALL): leaf numbers in RAX (TDX module 1.5 ABI, "Guest-side
// interface functions").
#include <cstdint>
#include <string_view>

#include "platform/protocol/tdx/report.h"
#include "platform/protocol/tdx/registers.h"

namespace tdxproto {

enum class Tdcall : std::uint64_t {
  kVpVmcall = 0, kVpInfo = 1, kMrRtmrExtend = 2, kVpVeinfoGet = 3, kMrReport = 4, kVpCpuidveSet = 5, kMemPageAccept = 6, kVmRd = 7,
  kVmWr = 8, kVpRd = 9, kVpWr = 10, kSysRd = 11, kSysRdall = 12, kServtdRd = 18, kServtdWr = 20, kMrVerifyreport = 22,
  kMemPageAttrRd = 23, kMemPageAttrWr = 24, kVpEnter = 25, kVpInvept = 26, kVpInvvpid = 27,
  kTdiRd = 67, kTdiStart = 68, kDmarAccept = 70, kMmioAccept = 71,  // TDX Connect (connect.h)
};
std::string_view name_of(Tdcall leaf);

// RCX of TDG.VP.VMCALL: which registers the host sees and may change, one bit for each in the processor's numbering.
inline constexpr std::uint64_t kExposeRbx = 1 << 3, kExposeRbp = 1 << 5, kExposeR8 = 1 << 8, kExposeR9 = 1 << 9, kExposeR10 = 1 << 10,
                               kExposeR11 = 1 << 11, kExposeR12 = 1 << 12, kExposeR13 = 1 << 13, kExposeR14 = 1 << 14,
                               kExposeR15 = 1 << 15;
inline constexpr std::uint64_t kExposeNever = 1 << 0 | 1 << 1 | 1 << 4;  // RAX, RCX, RSP
inline constexpr std::uint64_t kExposeCall =
    kExposeR10 | kExposeR11 | kExposeR12 | kExposeR13 | kExposeR14 | kExposeR15;  // what a hypercall of the GHCI needs

// VM exit reasons that a TD or its host meets.
inline constexpr std::uint32_t kExitExternalInterrupt = 1, kExitCpuid = 10, kExitHlt = 12, kExitIo = 30, kExitRdmsr = 31, kExitWrmsr = 32,
                               kExitEptViolation = 48, kExitTdcall = 77;
// Exit qualification of an EPT violation: what the access was.
inline constexpr std::uint64_t kEptRead = 1 << 0, kEptWrite = 1 << 1, kEptFetch = 1 << 2;
// Extended exit qualification, bits 3:0: why the module left the TD.
inline constexpr std::uint64_t kEeqNone = 0, kEeqAccept = 1, kEeqPending = 6;

// What TDG.VP.VEINFO.GET tells: RCX reason, RDX qualification, R8 linear address, R9 guest physical address, R10 instruction length
// in the low half and information in the high.
struct VeInfo {
  std::uint32_t exit_reason = 0;
  std::uint64_t exit_qualification = 0, gla = 0, gpa = 0;
  std::uint32_t instruction_length = 0, instruction_info = 0;
  bool operator==(const VeInfo&) const = default;
};

inline constexpr std::size_t kReportDataSize = 64, kReportMacStructSize = 256;

}  // namespace tdxproto
