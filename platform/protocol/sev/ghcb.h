#pragma once
// What an SEV-ES or SEV-SNP guest says to its hypervisor (GHCB 2.03): the shared GHCB page, its exit codes, the page
// state change list in its buffer, and the MSR protocol for when there is no page yet.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr std::size_t kGhcbSize = 0x1000;

// SW_EXITCODE. Up to 0x7fffffff they are those of #VC.
enum class ExitCode : std::uint64_t {
  kReadDr7 = 0x27,
  kWriteDr7 = 0x37,
  kRdtsc = 0x6e,
  kRdpmc = 0x6f,
  kCpuid = 0x72,
  kInvd = 0x76,
  kIoio = 0x7b,
  kMsr = 0x7c,
  kVmmcall = 0x81,
  kRdtscp = 0x87,
  kWbinvd = 0x89,
  kMonitor = 0x8a,
  kMwait = 0x8b,
  kNpf = 0x400,
  kVmgexit = 0x403,
  kPageNotValidated = 0x404,  // never sent: the guest's own #VC
  kMmioRead = 0x80000001,
  kMmioWrite = 0x80000002,
  kNmiComplete = 0x80000003,
  kApHltLoop = 0x80000004,
  kApJumpTable = 0x80000005,
  kSnpPsc = 0x80000010,
  kGuestRequest = 0x80000011,
  kExtGuestRequest = 0x80000012,
  kApCreation = 0x80000013,
  kHvDoorbell = 0x80000014,
  kHvIpi = 0x80000015,
  kSnpRunVmpl = 0x80000018,
  kTioGuestRequest = 0x80000020,
  kTioOp = 0x80000021,
  kHvFeatures = 0x8000fffd,
  kTerminate = 0x8000fffe,
  kUnsupported = 0x8000ffff,
};

// The page, which the hypervisor can write at any moment. Nobody checks its reserved bytes.
struct Ghcb {
  std::uint8_t cpl = 0;
  std::uint64_t xss = 0, dr7 = 0, rip = 0, rsp = 0, rax = 0, rcx = 0, rdx = 0, rbx = 0, rbp = 0, rsi = 0, rdi = 0;
  std::uint64_t r8 = 0, r9 = 0, r10 = 0, r11 = 0, r12 = 0, r13 = 0, r14 = 0, r15 = 0;
  ExitCode sw_exit_code{};
  std::uint64_t sw_exit_info1 = 0, sw_exit_info2 = 0, sw_scratch = 0, xcr0 = 0;
  std::array<std::uint8_t, 16> valid_bitmap{};
  std::uint64_t x87_state_gpa = 0;
  std::array<std::uint8_t, 2032> shared_buffer{};
  std::uint16_t protocol_version = 2;
  std::uint32_t ghcb_usage = 0;
  bool operator==(const Ghcb&) const = default;
  using Wire = wire::Layout<
      wire::LooseUpTo<0xcb>{}, &Ghcb::cpl, wire::LooseUpTo<0x140>{}, &Ghcb::xss, wire::LooseUpTo<0x160>{}, &Ghcb::dr7,
      wire::LooseUpTo<0x178>{}, &Ghcb::rip, wire::LooseUpTo<0x1d8>{}, &Ghcb::rsp, wire::LooseUpTo<0x1f8>{}, &Ghcb::rax,
      wire::LooseUpTo<0x308>{}, &Ghcb::rcx, &Ghcb::rdx, &Ghcb::rbx, wire::LooseUpTo<0x328>{}, &Ghcb::rbp, &Ghcb::rsi,
      &Ghcb::rdi, &Ghcb::r8, &Ghcb::r9, &Ghcb::r10, &Ghcb::r11, &Ghcb::r12, &Ghcb::r13, &Ghcb::r14, &Ghcb::r15,
      wire::LooseUpTo<0x390>{}, &Ghcb::sw_exit_code, &Ghcb::sw_exit_info1, &Ghcb::sw_exit_info2, &Ghcb::sw_scratch,
      wire::LooseUpTo<0x3e8>{}, &Ghcb::xcr0, &Ghcb::valid_bitmap, &Ghcb::x87_state_gpa, wire::LooseUpTo<0x800>{},
      &Ghcb::shared_buffer, wire::LooseUpTo<0xffa>{}, &Ghcb::protocol_version, wire::LooseUpTo<0xffc>{},
      &Ghcb::ghcb_usage>;
};
static_assert(wire::min_size<Ghcb>() == kGhcbSize);

// Offsets of the fields that the valid bitmap vouches for: bit `offset / 8`.
inline constexpr std::size_t kGhcbRax = 0x1f8, kGhcbRcx = 0x308, kGhcbRdx = 0x310, kGhcbRbx = 0x318, kGhcbXss = 0x140,
                             kGhcbCpl = 0xcb, kGhcbSwExitCode = 0x390, kGhcbSwExitInfo1 = 0x398,
                             kGhcbSwExitInfo2 = 0x3a0, kGhcbSwScratch = 0x3a8, kGhcbXcr0 = 0x3e8,
                             kGhcbSharedBuffer = 0x800;
constexpr bool ghcb_valid(const Ghcb& ghcb, std::size_t offset) {
  return ghcb.valid_bitmap[offset / 64] >> (offset / 8 % 8) & 1;
}
constexpr void set_ghcb_valid(Ghcb& ghcb, std::size_t offset) {
  ghcb.valid_bitmap[offset / 64] |= static_cast<std::uint8_t>(1u << (offset / 8 % 8));
}

// SW_EXITINFO1 31:0 on return, and SW_EXITINFO2 when it is kMalformed.
inline constexpr std::uint32_t kGhcbOk = 0, kGhcbException = 1, kGhcbMalformed = 2;
enum class GhcbMalformed : std::uint64_t {
  kNotRegistered = 1, kInvalidUsage = 2, kInvalidScratch = 3, kMissingInput = 4, kInvalidInput = 5, kInvalidEvent = 6
};
// SW_EXITINFO2 of a guest request: the security processor's error below, the hypervisor's above.
inline constexpr std::uint32_t kVmmErrInvalidLen = 1, kVmmErrBusy = 2;
constexpr std::uint64_t guest_request_result(std::uint32_t firmware_error, std::uint32_t vmm_error) {
  return std::uint64_t{vmm_error} << 32 | firmware_error;
}

// ---- page state change list, in the shared buffer -------------------------------------------------------------------

enum class PageOp : std::uint8_t { kPrivate = 1, kShared = 2, kPsmash = 3, kUnsmash = 4 };
inline constexpr std::uint16_t kPscEntriesMax = 253;
inline constexpr std::uint64_t kGfnMask = (1ull << 40) - 1;

struct PscEntry {
  std::uint64_t bits = 0;  // 11:0 current 4K page within, 51:12 GFN, 55:52 operation, 56 2 MiB page
  std::uint16_t cur_page() const { return bits & 0xfff; }
  std::uint64_t gfn() const { return bits >> 12 & kGfnMask; }
  PageOp operation() const { return static_cast<PageOp>(bits >> 52 & 15); }
  bool is_2m() const { return bits >> 56 & 1; }
  bool operator==(const PscEntry&) const = default;
  using Wire = wire::Layout<&PscEntry::bits>;
};
constexpr PscEntry psc_entry(std::uint64_t gfn, PageOp operation, bool is_2m = false, std::uint16_t cur_page = 0) {
  return {(cur_page & 0xfffull) | (gfn & kGfnMask) << 12 | (static_cast<std::uint64_t>(operation) & 15) << 52 |
          std::uint64_t{is_2m} << 56};
}

// The entries up to `end_entry`, which is the index of the last one.
struct PscList {
  std::uint16_t cur_entry = 0;
  std::uint16_t end_entry = 0;
  std::vector<PscEntry> entries;
  std::size_t entry_count() const { return std::size_t{end_entry} + 1; }
  bool operator==(const PscList&) const = default;
  using Wire = wire::Layout<&PscList::cur_entry, &PscList::end_entry, wire::Reserved<4>{},
                            wire::Run<&PscList::entries, &PscList::entry_count>{}>;
};

// ---- MSR protocol (MSR C001_0130), operation in bits 11:0 -----------------------------------------------------------

inline constexpr std::uint32_t kGhcbMsr = 0xc0010130;
enum class MsrOp : std::uint16_t {
  kSevInfoResp = 0x001,
  kSevInfoReq = 0x002,
  kCpuidReq = 0x004,
  kCpuidResp = 0x005,
  kApResetHoldReq = 0x006,
  kApResetHoldResp = 0x007,
  kPreferredGpaReq = 0x010,
  kPreferredGpaResp = 0x011,
  kRegisterGpaReq = 0x012,
  kRegisterGpaResp = 0x013,
  kPscReq = 0x014,
  kPscResp = 0x015,
  kRunVmplReq = 0x016,
  kRunVmplResp = 0x017,
  kHvFeaturesReq = 0x080,
  kHvFeaturesResp = 0x081,
  kTerminateReq = 0x100,
};
constexpr MsrOp msr_op(std::uint64_t msr) { return static_cast<MsrOp>(msr & 0xfff); }
constexpr std::uint64_t msr_value(MsrOp op, std::uint64_t bits_above_12 = 0) {
  return bits_above_12 << 12 | static_cast<std::uint64_t>(op);
}
constexpr std::uint64_t msr_sev_info(std::uint16_t version_max, std::uint16_t version_min, std::uint8_t c_bit) {
  return std::uint64_t{version_max} << 48 | std::uint64_t{version_min} << 32 | std::uint64_t{c_bit} << 24 |
         static_cast<std::uint64_t>(MsrOp::kSevInfoResp);
}
// `reg`: 0 EAX, 1 EBX, 2 ECX, 3 EDX.
constexpr std::uint64_t msr_cpuid_req(std::uint32_t function, unsigned reg) {
  return std::uint64_t{function} << 32 | std::uint64_t{reg & 3} << 30 | static_cast<std::uint64_t>(MsrOp::kCpuidReq);
}
constexpr std::uint64_t msr_psc_req(std::uint64_t gfn, PageOp operation) {
  return (static_cast<std::uint64_t>(operation) & 15) << 52 | (gfn & kGfnMask) << 12 |
         static_cast<std::uint64_t>(MsrOp::kPscReq);
}
constexpr std::uint64_t msr_gfn(std::uint64_t msr) { return msr >> 12 & kGfnMask; }
constexpr PageOp msr_page_op(std::uint64_t msr) { return static_cast<PageOp>(msr >> 52 & 15); }
// Upper half: the error of a page state change or of RUN_VMPL, a CPUID register.
constexpr std::uint32_t msr_upper(std::uint64_t msr) { return static_cast<std::uint32_t>(msr >> 32); }
constexpr std::uint64_t msr_terminate(unsigned reason_set, std::uint8_t reason) {
  return std::uint64_t{reason} << 16 | (reason_set & 15ull) << 12 | static_cast<std::uint64_t>(MsrOp::kTerminateReq);
}
inline constexpr std::uint64_t kHvFeatureSnp = 1, kHvFeatureApCreation = 2, kHvFeatureRestrictedInjection = 4,
                               kHvFeatureRestrictedInjectionTimer = 8;

}  // namespace sevproto
