// Names as the sources write them.
#include <algorithm>
#include <iterator>

#include "platform/protocol/pkvm/guest_calls.h"
#include "platform/protocol/pkvm/host_calls.h"
#include "platform/protocol/pkvm/page_state.h"
#include "platform/protocol/pkvm/status.h"

namespace pkvmproto {
namespace {

constexpr HostCallName kHostCalls[] = {
    {HostCall::kProtFinalize, "__pkvm_prot_finalize"},
    {HostCall::kVcpuRun, "__kvm_vcpu_run"},
    {HostCall::kShareHyp, "__pkvm_host_share_hyp"},
    {HostCall::kUnshareHyp, "__pkvm_host_unshare_hyp"},
    {HostCall::kDonateGuest, "__pkvm_host_donate_guest"},
    {HostCall::kShareGuest, "__pkvm_host_share_guest"},
    {HostCall::kUnshareGuest, "__pkvm_host_unshare_guest"},
    {HostCall::kRelaxPermsGuest, "__pkvm_host_relax_perms_guest"},
    {HostCall::kWrprotectGuest, "__pkvm_host_wrprotect_guest"},
    {HostCall::kTestClearYoungGuest, "__pkvm_host_test_clear_young_guest"},
    {HostCall::kMkyoungGuest, "__pkvm_host_mkyoung_guest"},
    {HostCall::kReserveVm, "__pkvm_reserve_vm"},
    {HostCall::kUnreserveVm, "__pkvm_unreserve_vm"},
    {HostCall::kInitVm, "__pkvm_init_vm"},
    {HostCall::kInitVcpu, "__pkvm_init_vcpu"},
    {HostCall::kVcpuInPoisonFault, "__pkvm_vcpu_in_poison_fault"},
    {HostCall::kForceReclaimGuestPage, "__pkvm_force_reclaim_guest_page"},
    {HostCall::kReclaimDyingGuestPage, "__pkvm_reclaim_dying_guest_page"},
    {HostCall::kStartTeardownVm, "__pkvm_start_teardown_vm"},
    {HostCall::kFinalizeTeardownVm, "__pkvm_finalize_teardown_vm"},
    {HostCall::kVcpuLoad, "__pkvm_vcpu_load"},
    {HostCall::kVcpuPut, "__pkvm_vcpu_put"},
    {HostCall::kVcpuSyncState, "__pkvm_vcpu_sync_state"},
    {HostCall::kTlbFlushVmid, "__pkvm_tlb_flush_vmid"},
};
static_assert(std::size(kHostCalls) == static_cast<std::size_t>(HostCall::kCount));

constexpr GuestCallName kGuestCalls[] = {
    {GuestCall::kSmcccVersion, "SMCCC_VERSION"},
    {GuestCall::kVendorUid, "VENDOR_HYP_CALL_UID"},
    {GuestCall::kFeatures, "KVM_FEATURES"},
    {GuestCall::kHypMeminfo, "HYP_MEMINFO"},
    {GuestCall::kMemShare, "MEM_SHARE"},
    {GuestCall::kMemUnshare, "MEM_UNSHARE"},
    {GuestCall::kMmioGuard, "MMIO_GUARD"},
    {GuestCall::kMmioGuardInfo, "MMIO_GUARD_INFO"},
    {GuestCall::kMmioGuardEnroll, "MMIO_GUARD_ENROLL"},
    {GuestCall::kMmioGuardUnmap, "MMIO_GUARD_UNMAP"},
    {GuestCall::kMemRelinquish, "MEM_RELINQUISH"},
    {GuestCall::kPsciSystemOff, "PSCI_SYSTEM_OFF"},
};

}  // namespace

std::span<const HostCallName> host_calls() { return kHostCalls; }
std::span<const GuestCallName> guest_calls() { return kGuestCalls; }

std::string_view name_of(HostCall call) {
  const auto found = std::ranges::find(kHostCalls, call, &HostCallName::call);
  return found == std::end(kHostCalls) ? "?" : found->name;
}
std::optional<HostCall> host_call_of(std::string_view name) {
  const auto found = std::ranges::find(kHostCalls, name, &HostCallName::name);
  return found == std::end(kHostCalls) ? std::nullopt : std::optional(found->call);
}
std::string_view name_of(GuestCall call) {
  const auto found = std::ranges::find(kGuestCalls, call, &GuestCallName::call);
  return found == std::end(kGuestCalls) ? "?" : found->name;
}

std::string_view name_of(PageState state) {
  switch (state) {
    case PageState::kOwned: return "PKVM_PAGE_OWNED";
    case PageState::kSharedOwned: return "PKVM_PAGE_SHARED_OWNED";
    case PageState::kSharedBorrowed: return "PKVM_PAGE_SHARED_BORROWED";
    case PageState::kNoPage: return "PKVM_NOPAGE";
    case PageState::kPoison: return "PKVM_POISON";
  }
  return "?";
}

std::string_view name_of(Errno error) {
  switch (error) {
    case Errno::kOk: return "0";
    case Errno::kPerm: return "EPERM";
    case Errno::kNoEnt: return "ENOENT";
    case Errno::kTooBig: return "E2BIG";
    case Errno::kAgain: return "EAGAIN";
    case Errno::kNoMem: return "ENOMEM";
    case Errno::kFault: return "EFAULT";
    case Errno::kBusy: return "EBUSY";
    case Errno::kInval: return "EINVAL";
    case Errno::kOpNotSupp: return "EOPNOTSUPP";
    case Errno::kHwPoison: return "EHWPOISON";
  }
  return "E?";
}

}  // namespace pkvmproto
