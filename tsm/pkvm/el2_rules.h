#pragma once
// What pKVM refuses, call by call, in the order of the source. Clauses name functions of Linux of mid-2026,
// arch/arm64/kvm/hyp/nvhe; "AVF" is Android's virtualization framework and its kernels.
#include <cstdint>

#include "platform/protocol/pkvm/status.h"
#include "platform/trust/defence.h"
#include "tsm/pkvm/vm.h"

namespace pkvm {

using pkvmproto::Errno;

template <class Case>
struct ErrnoRule {
  trust::Defence defence;
  bool (*holds)(const Case&);
  Errno error;
};

inline constexpr auto kConforms = trust::Kind::kConformance;
inline constexpr auto kRefuse = trust::Act::kRefuse;

// ---- pages between host and hypervisor ------------------------------------------------------------------------------

struct HypCase {
  bool memory;
  PageState host, hyp;
  std::uint32_t pins = 0;
};
inline constexpr ErrnoRule<HypCase> kShareHypRules[] = {
    {{"pkvm.share-hyp.memory", "Linux of mid-2026, check_range_allowed_memory", "Only memory is shared with the hypervisor.",
      kRefuse, kConforms},
     [](const HypCase& c) { return c.memory; },
     Errno::kPerm},
    {{"pkvm.share-hyp.owned", "Linux of mid-2026, __pkvm_host_share_hyp", "The host shares only what is its own alone.",
      kRefuse, kConforms},
     [](const HypCase& c) { return c.host == PageState::kOwned; },
     Errno::kPerm},
    {{"pkvm.share-hyp.free", "Linux of mid-2026, __pkvm_host_share_hyp", "A page is shared with the hypervisor once.", kRefuse,
      kConforms},
     [](const HypCase& c) { return c.hyp == PageState::kNoPage; },
     Errno::kPerm},
};
inline constexpr ErrnoRule<HypCase> kUnshareHypRules[] = {
    {{"pkvm.unshare-hyp.memory", "Linux of mid-2026, check_range_allowed_memory",
      "Only memory was ever shared with the hypervisor.", kRefuse, kConforms},
     [](const HypCase& c) { return c.memory; },
     Errno::kPerm},
    {{"pkvm.unshare-hyp.shared", "Linux of mid-2026, __pkvm_host_unshare_hyp", "The host ends only a sharing that there is.",
      kRefuse, kConforms},
     [](const HypCase& c) { return c.host == PageState::kSharedOwned; },
     Errno::kPerm},
    {{"pkvm.unshare-hyp.borrowed", "Linux of mid-2026, __pkvm_host_unshare_hyp",
      "The sharing that ends is the one with the hypervisor.", kRefuse, kConforms},
     [](const HypCase& c) { return c.hyp == PageState::kSharedBorrowed; },
     Errno::kPerm},
    {{"pkvm.unshare-hyp.pinned", "Linux of mid-2026, __hyp_check_page_count_range",
      "What the hypervisor is using stays shared with it.", kRefuse, kConforms},
     [](const HypCase& c) { return c.pins == 0; },
     Errno::kBusy},
};

// ---- pages between host and guest -----------------------------------------------------------------------------------

struct GiveCase {
  bool loaded, is_protected;
  bool memory;
  HostPage host;
  PageState guest;
  std::uint64_t prot = pkvmproto::kProtRwx, pages = 1;
};
inline constexpr ErrnoRule<GiveCase> kDonateRules[] = {
    {{"pkvm.donate.loaded", "Linux of mid-2026, handle___pkvm_host_donate_guest",
      "A page goes to the VM whose vCPU this processor has loaded.", kRefuse, kConforms},
     [](const GiveCase& c) { return c.loaded; },
     Errno::kInval},
    {{"pkvm.donate.protected", "Linux of mid-2026, handle___pkvm_host_donate_guest",
      "Pages are donated to protected VMs alone.", kRefuse, kConforms},
     [](const GiveCase& c) { return c.is_protected; },
     Errno::kInval},
    {{"pkvm.donate.memory", "Linux of mid-2026, check_range_allowed_memory",
      "Only memory is donated: no device's registers are.", kRefuse, kConforms},
     [](const GiveCase& c) { return c.memory; },
     Errno::kPerm},
    {{"pkvm.donate.host-owned", "Linux of mid-2026, __pkvm_host_donate_guest",
      "The host gives away only what is its own alone."},
     [](const GiveCase& c) { return c.host.state == PageState::kOwned; },
     Errno::kPerm},
    {{"pkvm.donate.guest-free", "Linux of mid-2026, __pkvm_host_donate_guest",
      "Where a guest had a page, even one taken by force, no other is put."},
     [](const GiveCase& c) { return c.guest == PageState::kNoPage; },
     Errno::kPerm},
};
inline constexpr ErrnoRule<GiveCase> kShareGuestRules[] = {
    {{"pkvm.share.loaded", "Linux of mid-2026, handle___pkvm_host_share_guest",
      "A page is shared with the VM whose vCPU this processor has loaded.", kRefuse, kConforms},
     [](const GiveCase& c) { return c.loaded; },
     Errno::kInval},
    {{"pkvm.share.not-protected", "Linux of mid-2026, handle___pkvm_host_share_guest",
      "The host shares no page of its own into a protected VM.", kRefuse, kConforms},
     [](const GiveCase& c) { return !c.is_protected; },
     Errno::kInval},
    {{"pkvm.share.prot", "Linux of mid-2026, __pkvm_host_share_guest", "Permissions are those there are.", kRefuse, kConforms},
     [](const GiveCase& c) { return (c.prot & ~pkvmproto::kProtRwx) == 0; },
     Errno::kInval},
    {{"pkvm.share.size", "Linux of mid-2026, __guest_check_transition_size", "A share is of one page.", kRefuse,
      kConforms},  // simplified: no blocks
     [](const GiveCase& c) { return c.pages == 1; },
     Errno::kInval},
    {{"pkvm.share.memory", "Linux of mid-2026, check_range_allowed_memory", "Only memory is shared with a guest.", kRefuse,
      kConforms},
     [](const GiveCase& c) { return c.memory; },
     Errno::kPerm},
    {{"pkvm.share.guest-free", "Linux of mid-2026, __pkvm_host_share_guest", "Where a guest has a page no other is put.",
      kRefuse, kConforms},
     [](const GiveCase& c) { return c.guest == PageState::kNoPage; },
     Errno::kPerm},
    {{"pkvm.share.host-owned", "Linux of mid-2026, __pkvm_host_share_guest",
      "The host shares only what is its own, or shared with such guests already.", kRefuse, kConforms},
     [](const GiveCase& c) {
       return c.host.state == PageState::kOwned ||
              (c.host.state == PageState::kSharedOwned && c.host.guest_shares != 0);
     },
     Errno::kPerm},
};

struct UnshareCase {
  bool known, is_protected;
  GuestPage guest;
  HostPage host;
  std::uint64_t pages = 1;
};
inline constexpr ErrnoRule<UnshareCase> kUnshareGuestRules[] = {
    {{"pkvm.unshare.handle", "Linux of mid-2026, get_np_pkvm_hyp_vm", "The handle names a VM.", kRefuse, kConforms},
     [](const UnshareCase& c) { return c.known; },
     Errno::kInval},
    {{"pkvm.unshare.not-protected", "Linux of mid-2026, get_np_pkvm_hyp_vm",
      "The host takes nothing back from a protected VM that lives.", kRefuse, kConforms},
     [](const UnshareCase& c) { return !c.is_protected; },
     Errno::kInval},
    {{"pkvm.unshare.size", "Linux of mid-2026, __guest_check_transition_size", "What is taken back is one page.", kRefuse,
      kConforms},
     [](const UnshareCase& c) { return c.pages == 1; },
     Errno::kInval},
    {{"pkvm.unshare.mapped", "Linux of mid-2026, __check_host_shared_guest", "The guest has a page there.", kRefuse, kConforms},
     [](const UnshareCase& c) { return c.guest.maps(); },
     Errno::kNoEnt},
    {{"pkvm.unshare.borrowed", "Linux of mid-2026, __check_host_shared_guest", "The guest has the page from the host.", kRefuse,
      kConforms},
     [](const UnshareCase& c) { return c.guest.state == PageState::kSharedBorrowed; },
     Errno::kPerm},
    {{"pkvm.unshare.shared", "Linux of mid-2026, __check_host_shared_guest", "The host shares the page with guests.", kRefuse,
      kConforms},
     [](const UnshareCase& c) { return c.host.state == PageState::kSharedOwned && c.host.guest_shares != 0; },
     Errno::kPerm},
};
struct LoadedCase {
  bool loaded, is_protected;
};
inline constexpr ErrnoRule<LoadedCase> kLoadedRules[] = {
    {{"pkvm.entry.loaded", "Linux of mid-2026, handle___pkvm_host_relax_perms_guest, handle___pkvm_host_mkyoung_guest",
      "An entry is changed of the VM that is loaded.", kRefuse, kConforms},
     [](const LoadedCase& c) { return c.loaded; },
     Errno::kInval},
    {{"pkvm.entry.not-protected", "Linux of mid-2026, handle___pkvm_host_relax_perms_guest, handle___pkvm_host_mkyoung_guest",
      "The host changes no entry of a protected VM.", kRefuse, kConforms},
     [](const LoadedCase& c) { return !c.is_protected; },
     Errno::kInval},
};

// ---- taking pages back ----------------------------------------------------------------------------------------------

struct DyingCase {
  bool known, is_dying;
  PageState guest;
};
inline constexpr ErrnoRule<DyingCase> kReclaimDyingRules[] = {
    {{"pkvm.reclaim.handle", "Linux of mid-2026, __pkvm_reclaim_dying_guest_page", "The handle names a VM.", kRefuse,
      kConforms},
     [](const DyingCase& c) { return c.known; },
     Errno::kInval},
    {{"pkvm.reclaim.dying", "Linux of mid-2026, __pkvm_reclaim_dying_guest_page",
      "Pages come back, their addresses free again, only from a VM that never runs any more."},
     [](const DyingCase& c) { return c.is_dying; },
     Errno::kInval},
    {{"pkvm.reclaim.mapped", "Linux of mid-2026, get_valid_guest_pte", "The guest has a page there.", kRefuse, kConforms},
     [](const DyingCase& c) { return c.guest != PageState::kNoPage; },
     Errno::kNoEnt},
    {{"pkvm.reclaim.owned", "Linux of mid-2026, __pkvm_host_reclaim_page_guest", "The page is the guest's own.", kRefuse,
      kConforms},
     [](const DyingCase& c) { return c.guest != PageState::kSharedBorrowed; },
     Errno::kPerm},
};

struct ForceCase {
  bool memory;
  PageState host;
  bool of_guest, known;
  PageState guest;
};
inline constexpr ErrnoRule<ForceCase> kForceReclaimRules[] = {
    {{"pkvm.force.memory", "Linux of mid-2026, host_stage2_get_guest_info", "Only memory is taken by force.", kRefuse,
      kConforms},
     [](const ForceCase& c) { return c.memory; },
     Errno::kPerm},
    {{"pkvm.force.away", "Linux of mid-2026, host_stage2_get_guest_info", "What the host reaches it need not take.", kRefuse,
      kConforms},
     [](const ForceCase& c) { return c.host == PageState::kNoPage; },
     Errno::kAgain},
    {{"pkvm.force.guest", "Linux of mid-2026, host_stage2_decode_gfn_meta",
      "The hypervisor's own pages are not taken by force.", kRefuse, kConforms},
     [](const ForceCase& c) { return c.of_guest; },
     Errno::kPerm},
    {{"pkvm.force.known", "Linux of mid-2026, host_stage2_decode_gfn_meta", "The VM that has the page is there.", kRefuse,
      kConforms},
     [](const ForceCase& c) { return c.known; },
     Errno::kAgain},
    {{"pkvm.force.owned", "Linux of mid-2026, __pkvm_host_force_reclaim_page_guest", "The page is the guest's own.", kRefuse,
      kConforms},
     [](const ForceCase& c) { return c.guest == PageState::kOwned; },
     Errno::kPerm},
};
inline constexpr trust::Defence kPoison{"pkvm.reclaim.poison", "Linux of mid-2026, hyp_poison_page",
                                        "A page comes back to the host without what the guest had in it.",
                                        trust::Act::kWithhold};

// ---- VMs ------------------------------------------------------------------------------------------------------------

struct InitVmCase {
  bool pinned;
  std::uint32_t created_vcpus;
  std::uint64_t handle;
  bool vm_given, pgd_given, reserved;
};
inline constexpr ErrnoRule<InitVmCase> kInitVmRules[] = {
    {{"pkvm.vm.pinned", "Linux of mid-2026, __pkvm_init_vm, hyp_pin_shared_mem",
      "The host's structure is shared with the hypervisor.", kRefuse, kConforms},
     [](const InitVmCase& c) { return c.pinned; },
     Errno::kPerm},
    {{"pkvm.vm.vcpus", "Linux of mid-2026, __pkvm_init_vm", "A VM has vCPUs.", kRefuse, kConforms},
     [](const InitVmCase& c) { return c.created_vcpus >= 1; },
     Errno::kInval},
    {{"pkvm.vm.handle", "Linux of mid-2026, __pkvm_init_vm", "The handle is one.", kRefuse, kConforms},
     [](const InitVmCase& c) { return c.handle >= kHandleOffset; },
     Errno::kInval},
    {{"pkvm.vm.donated", "Linux of mid-2026, map_donated_memory", "What holds the VM's state is no longer the host's.", kRefuse,
      kConforms},
     [](const InitVmCase& c) { return c.vm_given; },
     Errno::kNoMem},
    {{"pkvm.vm.pgd-donated", "Linux of mid-2026, map_donated_memory_noclear",
      "What holds the VM's tables is no longer the host's.", kRefuse, kConforms},
     [](const InitVmCase& c) { return c.pgd_given; },
     Errno::kNoMem},
    {{"pkvm.vm.reserved", "Linux of mid-2026, insert_vm_table_entry", "A VM comes where a place was reserved for it, once.",
      kRefuse, kConforms},
     [](const InitVmCase& c) { return c.reserved; },
     Errno::kInval},
};

struct InitVcpuCase {
  bool given, known, pinned, free;
};
inline constexpr ErrnoRule<InitVcpuCase> kInitVcpuRules[] = {
    {{"pkvm.vcpu.donated", "Linux of mid-2026, map_donated_memory", "What holds the vCPU's state is no longer the host's.",
      kRefuse, kConforms},
     [](const InitVcpuCase& c) { return c.given; },
     Errno::kNoMem},
    {{"pkvm.vcpu.handle", "Linux of mid-2026, __pkvm_init_vcpu", "The handle names a VM.", kRefuse, kConforms},
     [](const InitVcpuCase& c) { return c.known; },
     Errno::kNoEnt},
    {{"pkvm.vcpu.pinned", "Linux of mid-2026, init_pkvm_hyp_vcpu", "The host's structure is shared with the hypervisor.",
      kRefuse, kConforms},
     [](const InitVcpuCase& c) { return c.pinned; },
     Errno::kBusy},
    {{"pkvm.vcpu.index", "Linux of mid-2026, register_hyp_vcpu", "A vCPU is one of those announced, and made once.", kRefuse,
      kConforms},
     [](const InitVcpuCase& c) { return c.free; },
     Errno::kInval},
};

struct TeardownCase {
  bool known, unused, is_dying;
};
inline constexpr ErrnoRule<TeardownCase> kStartTeardownRules[] = {
    {{"pkvm.teardown.handle", "Linux of mid-2026, __pkvm_start_teardown_vm", "The handle names a VM.", kRefuse, kConforms},
     [](const TeardownCase& c) { return c.known; },
     Errno::kInval},
    {{"pkvm.teardown.unused", "Linux of mid-2026, get_pkvm_unref_hyp_vm_locked",
      "A VM ends while no processor has a vCPU of it.", kRefuse, kConforms},
     [](const TeardownCase& c) { return c.unused; },
     Errno::kInval},
    {{"pkvm.teardown.alive", "Linux of mid-2026, __pkvm_start_teardown_vm", "A VM ends once.", kRefuse, kConforms},
     [](const TeardownCase& c) { return !c.is_dying; },
     Errno::kInval},
};
inline constexpr ErrnoRule<TeardownCase> kFinalizeRules[] = {
    {{"pkvm.finalize.handle", "Linux of mid-2026, __pkvm_finalize_teardown_vm", "The handle names a VM.", kRefuse, kConforms},
     [](const TeardownCase& c) { return c.known; },
     Errno::kInval},
    {{"pkvm.finalize.unused", "Linux of mid-2026, get_pkvm_unref_hyp_vm_locked",
      "A VM is forgotten while no processor has a vCPU of it.", kRefuse, kConforms},
     [](const TeardownCase& c) { return c.unused; },
     Errno::kInval},
    {{"pkvm.finalize.dying", "Linux of mid-2026, __pkvm_finalize_teardown_vm",
      "A VM is forgotten only after its end has begun.", kRefuse, kConforms},
     [](const TeardownCase& c) { return c.is_dying; },
     Errno::kInval},
};

struct RunCase {
  bool loaded;  // and the very one that the host names
};
inline constexpr ErrnoRule<RunCase> kRunRules[] = {
    {{"pkvm.run.loaded", "Linux of mid-2026, __get_host_hyp_vcpus", "What runs is the vCPU that this processor has loaded.",
      kRefuse, kConforms},
     [](const RunCase& c) { return c.loaded; },
     Errno::kInval},
};

// ---- guests ---------------------------------------------------------------------------------------------------------

// Of a page that a guest shares or stops sharing. What is not there at all makes it leave for the host instead of an
// error.
struct GuestShareCase {
  bool well_formed;
  PageState guest;
  PageState host;
};
inline constexpr trust::Rule<GuestShareCase> kMemShareRules[] = {
    {{"pkvm.mem-share.arguments", "Linux of mid-2026, pkvm_memshare_call", "A share names one page and nothing besides.",
      kRefuse, kConforms},
     [](const GuestShareCase& c) { return c.well_formed; }},
    {{"pkvm.mem-share.owned", "Linux of mid-2026, __pkvm_guest_share_host", "A guest shares what is its own.", kRefuse,
      kConforms},
     [](const GuestShareCase& c) { return c.guest == PageState::kOwned; }},
    {{"pkvm.mem-share.host-none", "Linux of mid-2026, __pkvm_guest_share_host", "What is shared with the host it did not have.",
      kRefuse, kConforms},
     [](const GuestShareCase& c) { return c.host == PageState::kNoPage; }},
};
inline constexpr trust::Rule<GuestShareCase> kMemUnshareRules[] = {
    {{"pkvm.mem-unshare.arguments", "Linux of mid-2026, pkvm_memunshare_call",
      "An end of sharing names one page and nothing besides.", kRefuse, kConforms},
     [](const GuestShareCase& c) { return c.well_formed; }},
    {{"pkvm.mem-unshare.shared", "Linux of mid-2026, __pkvm_guest_unshare_host", "A guest ends only a sharing that there is.",
      kRefuse, kConforms},
     [](const GuestShareCase& c) { return c.guest == PageState::kSharedOwned; }},
    {{"pkvm.mem-unshare.borrowed", "Linux of mid-2026, __pkvm_guest_unshare_host", "The host has the page from the guest.",
      kRefuse, kConforms},
     [](const GuestShareCase& c) { return c.host == PageState::kSharedBorrowed; }},
};

struct MmioGuardCase {
  bool well_formed;
  PageState guest;
};
inline constexpr trust::Rule<MmioGuardCase> kMmioGuardRules[] = {
    {{"pkvm.mmio-guard.arguments", "AVF, pkvm_install_ioguard_page", "One page is named and nothing besides.", kRefuse,
      kConforms},
     [](const MmioGuardCase& c) { return c.well_formed; }},
    {{"pkvm.mmio-guard.free", "AVF, __pkvm_install_ioguard_page",
      "No memory of the guest's is left to the host to emulate.", kRefuse, kConforms},
     [](const MmioGuardCase& c) { return c.guest == PageState::kNoPage; }},
};

// ---- the processor --------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kStage2Owner{"pkvm.stage2.owner", "Linux of mid-2026, kvm_guest_prepare_stage2",
                                             "A guest's address leads where EL2's tables say, whatever the host's do."};
inline constexpr trust::Defence kDonateUnmap{"pkvm.donate.unmap", "Linux of mid-2026, host_stage2_set_owner_metadata_locked",
                                             "A page that was donated is gone from the host's own tables."};
inline constexpr trust::Defence kUnshareUnmap{
    "pkvm.mem-unshare.unmap", "Linux of mid-2026, __pkvm_guest_unshare_host",
    "A page that a guest no longer shares is gone from the host's own tables."};
inline constexpr trust::Defence kStateHidden{"pkvm.vcpu.state-hidden", "AVF, sync_hyp_vcpu",
                                             "What a protected vCPU has in its registers stays with EL2.",
                                             trust::Act::kWithhold};
inline constexpr trust::Defence kPvmfwLoad{
    "pkvm.pvmfw.load", "AVF, pkvm_load_pvmfw_pages",
    "The first code of a protected VM is the firmware that EL2 keeps, whatever the host puts there.",
    trust::Act::kRefuse, kConforms};

// What the host asks to be delivered to a protected vCPU that it runs. It may answer an access that was left to it with an abort; no such
// access is under way here.
struct EventCase {
  bool is_protected, exception;
};
inline constexpr trust::Rule<EventCase> kEventRules[] = {
    {{"pkvm.vcpu.exceptions", "AVF, handle_pvm_entry_dabt, flush_hyp_vcpu",
      "The host makes interrupts pending in a protected vCPU, and gives it no exception but for an access that was left to the host."},
     [](const EventCase& c) { return !c.is_protected || !c.exception; }},
};

struct ForeignCase {
  bool device;
  std::optional<Component> owner;  // of a page that the host's stage 2 does not map
};
inline constexpr trust::Rule<ForeignCase> kForeignRules[] = {
    {{"pkvm.host.guest-page", "Linux of mid-2026, handle_host_mem_abort", "The host reaches no page that a guest owns."},
     [](const ForeignCase& c) { return c.device || c.owner != Component::kGuest; }},
    {{"pkvm.host.hyp-page", "Linux of mid-2026, handle_host_mem_abort", "The host reaches no page that the hypervisor owns."},
     [](const ForeignCase& c) { return c.device || c.owner != Component::kHyp; }},
    {{"pkvm.dma.stage2", "AVF, kvm_iommu_host_stage2_idmap",
      "A device of the host's reaches what the host reaches, and no more."},
     [](const ForeignCase& c) { return !c.device || !c.owner; }},
};

}  // namespace pkvm
