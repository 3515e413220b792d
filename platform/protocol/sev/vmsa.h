#pragma once
// The save area of an encrypted vCPU (APM volume 2, table B-4), one 4 KiB page, and the state in which a vCPU starts.
// The processor overlooks reserved bytes of this page, and so does the layout; the launch digest covers the page as it
// lies.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr std::size_t kVmsaSize = 0x1000;

struct Segment {
  std::uint16_t selector = 0;
  std::uint16_t attrib = 0;
  std::uint32_t limit = 0;
  std::uint64_t base = 0;
  bool operator==(const Segment&) const = default;
  using Wire = wire::Layout<&Segment::selector, &Segment::attrib, &Segment::limit, &Segment::base>;
};

struct Vmsa {
  Segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
  std::uint64_t vmpl0_ssp = 0, vmpl1_ssp = 0, vmpl2_ssp = 0, vmpl3_ssp = 0, u_cet = 0;
  std::uint8_t vmpl = 0, cpl = 0;
  std::uint64_t efer = 0, xss = 0, cr4 = 0, cr3 = 0, cr0 = 0, dr7 = 0, dr6 = 0, rflags = 0, rip = 0, dr0 = 0,
      dr1 = 0, dr2 = 0, dr3 = 0, dr0_addr_mask = 0, dr1_addr_mask = 0, dr2_addr_mask = 0, dr3_addr_mask = 0, rsp = 0,
      s_cet = 0, ssp = 0, isst_addr = 0, rax = 0, star = 0, lstar = 0, cstar = 0, sfmask = 0, kernel_gs_base = 0,
      sysenter_cs = 0, sysenter_esp = 0, sysenter_eip = 0, cr2 = 0, g_pat = 0, dbgctl = 0, br_from = 0, br_to = 0,
      last_excp_from = 0, last_excp_to = 0;
  std::uint32_t pkru = 0, tsc_aux = 0;
  std::uint64_t guest_tsc_scale = 0, guest_tsc_offset = 0, rcx = 0, rdx = 0, rbx = 0, rbp = 0, rsi = 0, rdi = 0,
      r8 = 0, r9 = 0, r10 = 0, r11 = 0, r12 = 0, r13 = 0, r14 = 0, r15 = 0, guest_exit_info_1 = 0,
      guest_exit_info_2 = 0, guest_exit_int_info = 0, guest_nrip = 0, sev_features = 0, vintr_ctrl = 0,
      guest_exit_code = 0, virtual_tom = 0, tlb_id = 0, pcpu_id = 0, event_inj = 0, xcr0 = 0, x87_dp = 0;
  std::uint32_t mxcsr = 0;
  std::uint16_t x87_ftw = 0, x87_fsw = 0, x87_fcw = 0, x87_fop = 0, x87_ds = 0, x87_cs = 0;
  std::uint64_t x87_rip = 0;
  std::array<std::uint8_t, 80> fpreg_x87{};
  std::array<std::uint8_t, 256> fpreg_xmm{};
  std::array<std::uint8_t, 256> fpreg_ymm{};
  bool operator==(const Vmsa&) const = default;

  using Wire = wire::Layout<
      &Vmsa::es, &Vmsa::cs, &Vmsa::ss, &Vmsa::ds, &Vmsa::fs, &Vmsa::gs, &Vmsa::gdtr, &Vmsa::ldtr, &Vmsa::idtr,
      &Vmsa::tr, &Vmsa::vmpl0_ssp, &Vmsa::vmpl1_ssp, &Vmsa::vmpl2_ssp, &Vmsa::vmpl3_ssp, &Vmsa::u_cet,
      wire::LooseUpTo<0xca>{}, &Vmsa::vmpl, &Vmsa::cpl, wire::LooseUpTo<0xd0>{}, &Vmsa::efer,
      wire::LooseUpTo<0x140>{}, &Vmsa::xss, &Vmsa::cr4, &Vmsa::cr3, &Vmsa::cr0, &Vmsa::dr7, &Vmsa::dr6,
      &Vmsa::rflags, &Vmsa::rip, &Vmsa::dr0, &Vmsa::dr1, &Vmsa::dr2, &Vmsa::dr3, &Vmsa::dr0_addr_mask,
      &Vmsa::dr1_addr_mask, &Vmsa::dr2_addr_mask, &Vmsa::dr3_addr_mask, wire::LooseUpTo<0x1d8>{}, &Vmsa::rsp,
      &Vmsa::s_cet, &Vmsa::ssp, &Vmsa::isst_addr, &Vmsa::rax, &Vmsa::star, &Vmsa::lstar, &Vmsa::cstar, &Vmsa::sfmask,
      &Vmsa::kernel_gs_base, &Vmsa::sysenter_cs, &Vmsa::sysenter_esp, &Vmsa::sysenter_eip, &Vmsa::cr2,
      wire::LooseUpTo<0x268>{}, &Vmsa::g_pat, &Vmsa::dbgctl, &Vmsa::br_from, &Vmsa::br_to, &Vmsa::last_excp_from,
      &Vmsa::last_excp_to, wire::LooseUpTo<0x2e8>{}, &Vmsa::pkru, &Vmsa::tsc_aux, &Vmsa::guest_tsc_scale,
      &Vmsa::guest_tsc_offset, wire::LooseUpTo<0x308>{}, &Vmsa::rcx, &Vmsa::rdx, &Vmsa::rbx,
      wire::LooseUpTo<0x328>{}, &Vmsa::rbp, &Vmsa::rsi, &Vmsa::rdi, &Vmsa::r8, &Vmsa::r9, &Vmsa::r10, &Vmsa::r11,
      &Vmsa::r12, &Vmsa::r13, &Vmsa::r14, &Vmsa::r15, wire::LooseUpTo<0x390>{}, &Vmsa::guest_exit_info_1,
      &Vmsa::guest_exit_info_2, &Vmsa::guest_exit_int_info, &Vmsa::guest_nrip, &Vmsa::sev_features,
      &Vmsa::vintr_ctrl, &Vmsa::guest_exit_code, &Vmsa::virtual_tom, &Vmsa::tlb_id, &Vmsa::pcpu_id, &Vmsa::event_inj,
      &Vmsa::xcr0, wire::LooseUpTo<0x400>{}, &Vmsa::x87_dp, &Vmsa::mxcsr, &Vmsa::x87_ftw, &Vmsa::x87_fsw,
      &Vmsa::x87_fcw, &Vmsa::x87_fop, &Vmsa::x87_ds, &Vmsa::x87_cs, &Vmsa::x87_rip, &Vmsa::fpreg_x87,
      &Vmsa::fpreg_xmm, &Vmsa::fpreg_ymm, wire::LooseUpTo<kVmsaSize>{}>;
};
static_assert(wire::min_size<Vmsa>() == kVmsaSize);

// sev_features
inline constexpr std::uint64_t kFeatureSnpActive = 1ull << 0;
inline constexpr std::uint64_t kFeatureVtom = 1ull << 1;
inline constexpr std::uint64_t kFeatureReflectVc = 1ull << 2;
inline constexpr std::uint64_t kFeatureRestrictedInjection = 1ull << 3;
inline constexpr std::uint64_t kFeatureAlternateInjection = 1ull << 4;
inline constexpr std::uint64_t kFeatureDebugSwap = 1ull << 5;
inline constexpr std::uint64_t kFeaturePreventHostIbs = 1ull << 6;
inline constexpr std::uint64_t kFeatureBtbIsolation = 1ull << 7;
inline constexpr std::uint64_t kFeatureVmplSss = 1ull << 8;
inline constexpr std::uint64_t kFeatureSecureTsc = 1ull << 9;
inline constexpr std::uint64_t kFeatureVmgexitParam = 1ull << 10;
inline constexpr std::uint64_t kFeatureIbsVirt = 1ull << 12;
inline constexpr std::uint64_t kFeatureVmsaRegProt = 1ull << 14;
inline constexpr std::uint64_t kFeatureSmtProtection = 1ull << 15;

// CPUID 0000_0001 EAX of the model that a vCPU shows, which it also finds in RDX at reset.
inline constexpr std::uint32_t kSignatureNaples = 0x00800f12;
inline constexpr std::uint32_t kSignatureRome = 0x00830f10;
inline constexpr std::uint32_t kSignatureMilan = 0x00a00f11;
inline constexpr std::uint32_t kSignatureGenoa = 0x00a10f10;

inline constexpr std::uint32_t kResetEipBsp = 0xfffffff0;

struct ResetParams {
  std::uint32_t eip = kResetEipBsp;  // of an application processor: what the image's SEV-ES reset block says
  std::uint32_t cpuid_signature = kSignatureMilan;
  std::uint64_t sev_features = kFeatureSnpActive;
};

// What QEMU with KVM has encrypted for a vCPU that starts at `eip` in real mode.
Vmsa reset_vmsa(const ResetParams& params);

}  // namespace sevproto
