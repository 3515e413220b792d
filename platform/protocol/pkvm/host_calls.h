#pragma once
// What a host asks of pKVM at EL2 (Linux, arch/arm64/include/asm/kvm_asm.h, enum __kvm_host_smccc_func), by name.
//
// convention: identifiers change from release to release; ours count the list below from zero. Addresses are physical,
// where Linux passes some as the kernel's virtual ones.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pkvmproto {

enum class HostCall : std::uint64_t {
  kProtFinalize,
  kVcpuRun,              // host_vcpu
  kShareHyp,             // pfn
  kUnshareHyp,           // pfn
  kDonateGuest,          // pfn, gfn; the loaded vCPU's VM
  kShareGuest,           // pfn, gfn, nr_pages, prot; likewise
  kUnshareGuest,         // handle, gfn, nr_pages
  kRelaxPermsGuest,      // gfn, prot; the loaded vCPU's VM
  kWrprotectGuest,       // handle, gfn, nr_pages
  kTestClearYoungGuest,  // handle, gfn, nr_pages, mkold
  kMkyoungGuest,         // gfn; the loaded vCPU's VM
  kReserveVm,            // gives a handle
  kUnreserveVm,          // handle
  kInitVm,               // host_kvm, vm, pgd
  kInitVcpu,             // handle, host_vcpu, vcpu
  kVcpuInPoisonFault,
  kForceReclaimGuestPage,  // phys
  kReclaimDyingGuestPage,  // handle, gfn
  kStartTeardownVm,        // handle
  kFinalizeTeardownVm,     // handle
  kVcpuLoad,               // handle, index, hcr
  kVcpuPut,
  kVcpuSyncState,
  kTlbFlushVmid,  // handle
  kCount,
};

struct HostCallName {
  HostCall call;
  std::string_view name;
};
std::span<const HostCallName> host_calls();
// "__pkvm_host_donate_guest"; "?" for none.
std::string_view name_of(HostCall call);
std::optional<HostCall> host_call_of(std::string_view name);

}  // namespace pkvmproto
