#pragma once
// Why a TVM stopped running, in the host's scause, and where the TSM puts what the host may know of it: the NACL shared memory of the
// hart (RISC-V CoVE 0.7, "vCPU shared state" and sbi_covh_run_tvm_vcpu; RISC-V SBI 3.0, "Nested Acceleration").
#include <array>
#include <cstdint>
#include <string_view>

namespace coveproto {

inline constexpr std::uint64_t kInterruptBit = 1ull << 63;
enum class Cause : std::uint64_t {
  kSupervisorSoft = kInterruptBit | 1, kSupervisorTimer = kInterruptBit | 5, kSupervisorExternal = kInterruptBit | 9,
  kVirtualSupervisorEnvCall = 10, kGuestInstructionPageFault = 20, kGuestLoadPageFault = 21, kVirtualInstruction = 22,
  kGuestStorePageFault = 23,
};
std::string_view name_of(Cause cause);  // "GUEST_LOAD_PAGE_FAULT"

// Address of a guest page fault: htval has it without its lowest two bits, which stand in stval.
constexpr std::uint64_t htval_of(std::uint64_t gpa) { return gpa >> 2; }
constexpr std::uint64_t stval_of(std::uint64_t gpa) { return gpa & 3; }
constexpr std::uint64_t fault_address(std::uint64_t htval, std::uint64_t stval) { return htval << 2 | (stval & 3); }

// Bytes from the start of a hart's NACL shared memory: scratch (the TVM's general registers first), a bitmap that CoVE leaves alone,
// CSRs. 12 KiB in all.
inline constexpr std::uint64_t kNaclScratchAt = 0, kNaclBitmapAt = 496 * 8, kNaclCsrsAt = 512 * 8, kNaclSize = 1536 * 8;
constexpr std::uint64_t nacl_gpr_at(unsigned x) { return kNaclScratchAt + 8 * x; }
constexpr unsigned kRegisterA0 = 10;
// Bits 11:10 and 7:0 of a CSR's number; bits 9:8 are 10 for all of them.
constexpr std::uint64_t nacl_csr_at(unsigned csr) { return kNaclCsrsAt + 8ull * ((csr >> 10 & 3) << 8 | (csr & 0xFF)); }
inline constexpr unsigned kCsrVsie = 0x204, kCsrVstimecmp = 0x24D, kCsrHtimedelta = 0x605, kCsrHtval = 0x643, kCsrHvip = 0x645,
                          kCsrHtinst = 0x64A;
// hvip: what the host wants the vCPU to find pending, where there is no AIA. VSEIP is the external interrupt.
inline constexpr std::uint64_t kHvipVssip = 1 << 2, kHvipVstip = 1 << 6, kHvipVseip = 1 << 10;

}  // namespace coveproto
