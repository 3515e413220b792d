#pragma once
// pKVM: the hypervisor at EL2. It took the machine from the host's kernel at boot: the host runs under a stage 2 of
// EL2's, one to one, and what it donates leaves that table. Guests run under stage 2 tables that EL2 alone writes. The
// host asks by HVC from EL1, a guest by HVC too.
//
// Promise: every policy of a call is a row of el2_rules.h, asked in the order of the source; what passes has the effect
// that the source gives it, also when it passed because a row is lifted.
//
// The tree is upstream's (Linux of mid-2026), and what Android adds to it where a row says AVF: firmware of protected VMs, the
// guard of MMIO, vCPU state that stays at EL2, a stage 2 for devices. The last two are settings, since upstream has
// neither.
//
// simplified: one vCPU runs on a processor of its own, numbered by whoever owns it; tables map single pages, their
// memory is the model's, and a changed entry is in force at once (no TLB); nothing keeps access or dirty flags.
// Booting, tracing, timers, vGIC and FF-A are left out.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/protocol/pkvm/guest_calls.h"
#include "platform/protocol/pkvm/host_calls.h"
#include "platform/protocol/pkvm/registers.h"
#include "platform/protocol/pkvm/status.h"
#include "tsm/pkvm/vm.h"

namespace pkvm {

using pkvmproto::Errno;
using pkvmproto::GuestCall;
using pkvmproto::HostCall;
using pkvmproto::Registers;

template <class Case>
struct ErrnoRule;

struct El2Settings {
  std::uint64_t memory_bytes = 0;
  std::uint64_t carveout = 0;                      // where the bootloader left pvmfw: kPvmfwPages pages that EL2 keeps
  bool state_hidden = true;                        // of protected vCPUs; upstream shows the host all registers
  bool dma_isolation = false;                      // devices under the host's stage 2; upstream has none
  memory::KeyId guest_key = memory::KeyId::kNone;  // a SoC that encrypts pages of protected guests; none by default
  std::vector<cpu::CpuidLeaf> id_registers{};      // as the silicon has them
};

struct HostResult {
  Registers out;  // x0: SMCCC; x1: what the function returned
  std::optional<trust::Refusal> refusal{};
  Errno error() const {
    if (static_cast<std::int64_t>(out.x0) == pkvmproto::kSmcccNotSupported) return Errno::kOpNotSupp;
    return static_cast<std::int64_t>(out.x1) < 0 ? static_cast<Errno>(out.x1) : Errno::kOk;
  }
  bool ok() const { return error() == Errno::kOk; }
};

// Why the processor left a guest, as the host is told.
struct GuestExit {
  std::uint64_t code = 0;  // pkvmproto::kExit...
  std::uint64_t iss = 0;   // of a data abort
  std::uint64_t ipa = 0;   // of a data abort
  Registers shown{};       // of a call that EL2 leaves to the host
  friend bool operator==(const GuestExit&, const GuestExit&) = default;
};

// A guest's HVC either ends with registers or leaves the guest. After the host has run it again, a call that EL2 left
// to the host ends with what came back; anything else is executed again.
struct HvcResult {
  Registers out;
  std::optional<GuestExit> exit{};
};

class El2 final : public memory::OwnershipTable {
 public:
  // Refusals stand at `name`; those of the processor, at `at`. `pvmfw` is the firmware with its configuration, at most
  // kPvmfwPages pages.
  El2(const El2Settings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, base::View pvmfw,
      std::string name = "el2", std::string at = "cpu0");
  El2(const El2&) = delete;
  El2& operator=(const El2&) = delete;

  // HVC of the host on a processor. __kvm_vcpu_run returns when the vCPU is inside; `exit_to_host` is the other half.
  HostResult host_call(std::uint32_t cpu, const Registers& in);

  // ---- the processor, on behalf of whoever runs on `cpu`
  trust::Result<> check(const memory::Access& access) override;
  // Where a guest's address leads; nothing where it would leave for it. `host_says` is what the host believes.
  std::optional<std::uint64_t> translate(std::uint32_t cpu, std::uint64_t ipa, std::optional<std::uint64_t> host_says);
  void exit_to_host(std::uint32_t cpu);
  // An access to this address failed: the guest leaves.
  GuestExit abort(std::uint32_t cpu, std::uint64_t ipa, bool write);
  // Live registers, into and out of where they are kept.
  void save(std::uint32_t cpu, base::View registers);
  base::Bytes load(std::uint32_t cpu, std::size_t count);
  // What the host asks to be delivered to the vCPU that it has entered on this processor.
  trust::Result<cpu::Delivered> deliver(std::uint32_t cpu, const cpu::Event& event);
  // Where the host sees them, or where they are kept from it.
  std::uint64_t registers_page(std::uint32_t cpu) const;

  // ---- the guest
  HvcResult guest_call(std::uint32_t cpu, const Registers& in);
  // What the processor says of itself: EL2 answers, never the host.
  cpu::CpuidLeaf id_register(std::uint32_t leaf, std::uint32_t subleaf) const;

  // ---- ground truth
  const Vm* vm(std::uint64_t handle) const;
  const Vm* vm_on(std::uint32_t cpu) const;
  const Vcpu* vcpu_on(std::uint32_t cpu) const;
  const Pages& pages() const { return pages_; }
  const El2Settings& settings() const { return settings_; }
  static std::vector<HostCall> modelled_host_calls();
  static std::vector<GuestCall> modelled_guest_calls();

 private:
  // el2.cc: VMs and vCPUs.
  HostResult dispatch(std::uint32_t cpu, HostCall call, const Registers& in);
  HostResult prot_finalize();
  HostResult reserve_vm();
  HostResult unreserve_vm(std::uint64_t handle);
  HostResult init_vm(const Registers& in);
  HostResult init_vcpu(const Registers& in);
  HostResult vcpu_load(std::uint32_t cpu, const Registers& in);
  HostResult vcpu_put(std::uint32_t cpu);
  HostResult vcpu_sync_state(std::uint32_t cpu);
  HostResult vcpu_run(std::uint32_t cpu, std::uint64_t host_vcpu);
  HostResult start_teardown(std::uint64_t handle);
  HostResult finalize_teardown(std::uint64_t handle);
  bool host_donates(std::uint64_t phys);
  void hyp_gives_back(std::uint64_t phys);
  bool pinned(std::uint64_t phys) const;
  Vm* find_vm(std::uint64_t handle);
  Vm* loaded_vm(std::uint32_t cpu);
  Vcpu* loaded_vcpu(std::uint32_t cpu);

  // el2_memory.cc: pages.
  HostResult share_hyp(std::uint64_t pfn);
  HostResult unshare_hyp(std::uint64_t pfn);
  HostResult donate_guest(std::uint32_t cpu, const Registers& in);
  HostResult share_guest(std::uint32_t cpu, const Registers& in);
  HostResult unshare_guest(const Registers& in);
  HostResult change_entry(std::uint32_t cpu, HostCall call, const Registers& in);
  HostResult change_entry_of(HostCall call, const Registers& in);
  HostResult force_reclaim(std::uint64_t phys);
  HostResult reclaim_dying(std::uint64_t handle, std::uint64_t gfn);
  void give_to_guest(Vm& vm, std::uint64_t phys, std::uint64_t ipa);
  void poison(std::uint64_t phys);
  void change_key(std::uint64_t phys, memory::KeyId from, memory::KeyId to);
  void back_to_host(std::uint64_t phys);

  // el2_guest.cc
  HvcResult mem_share(std::uint32_t cpu, Vm& vm, const Registers& in);
  HvcResult mem_unshare(std::uint32_t cpu, Vm& vm, const Registers& in);
  HvcResult mmio_guard(Vm& vm, const Registers& in);
  HvcResult not_there(std::uint32_t cpu, std::uint64_t ipa);

  static HostResult returned(std::int64_t value);
  static HostResult done() { return returned(0); }
  template <class Case, class Rules>
  std::optional<HostResult> first_failure(const Rules& rules, const Case& c);

  El2Settings settings_;
  memory::EncryptedMemory& memory_;
  trust::Defences& defences_;
  std::string name_, at_;
  Pages pages_;
  bool finalized_ = false;
  std::map<std::uint64_t, std::optional<Vm>> vms_;  // by handle; empty: reserved
  struct Loaded {
    std::uint64_t handle = 0;
    unsigned index = 0;
  };
  std::map<std::uint32_t, Loaded> loaded_;
};

// Every row of EL2's tables.
std::vector<const trust::Defence*> el2_defences();

}  // namespace pkvm
