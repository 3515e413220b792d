#pragma once
// A machine with pKVM behind the neutral face of a technology: EL2, and the host's procedures with it (what KVM in the
// host's kernel does). The host speaks to EL2 over `calls` only; each hypercall is a message there, named as the source
// names it ("__pkvm_host_donate_guest"), its registers the fields.
//
// A guest's address leads where EL2's stage 2 says (`translate`). The host's nested tables of the VM hold the pages
// that it backs the VM with; a protected VM gets one when it first touches the address, and the host loses it then.
//
// How a guest's calls are carried out:
//   HVCs that may leave the guest: `hvc` gives registers or an exit; the exit crosses to the host, `handle` answers it,
//   the answer crosses back, and `resume` (__kvm_vcpu_run) says whether the guest runs again: what EL2 left to the host
//   ends with `rax`, the rest is executed again; accesses that fail: `fault` gives the exit.
//
// simplified: one vCPU a VM, on a processor numbered by Vm::asid; pages are 4 KiB.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "platform/cpu/technology.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/pkvm/el2.h"

namespace pkvm {

// An exit as the host's neutral message: code is the exception class. Data abort: info1 syndrome, info2 IPA. HVC: info1
// the function, rbx to rdx its arguments. The answer's rax is an error number, or what the call gives.
cpu::Exit exit_of(const GuestExit& exit);
// What a carrier of that exit can tell apart: "DATA_ABORT", "MMIO", "PSCI_SYSTEM_OFF", "HVC".
std::string object_of(const cpu::Exit& exit);

struct HostSettings {
  El2Settings el2;
  base::Bytes pvmfw;            // as the bootloader left it, configuration behind the binary
  std::uint64_t pvmfw_ipa = 0;  // where VMs have it
};

class PkvmMachine final : public cpu::Technology {
 public:
  PkvmMachine(const HostSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls,
              trust::Defences& defences);
  ~PkvmMachine() override;

  // cpu::Technology
  memory::OwnershipTable& table() override { return *el2_; }
  std::optional<memory::Translation> translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) override;
  std::string boot() override;
  // Each page but the save area lies in the host's memory until the guest touches it; nothing is measured by whoever
  // launches. Launch::debug changes nothing here: what a debuggable guest is, its image says.
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  // By a hypercall's name; arguments `spa` (or `pfn`), `gpa` (or `gfn`), `handle`, `index`, each where the call has
  // one, the VM's own unless given. The answer is 8 bytes, what the call returned; nothing where that is an error.
  std::optional<base::Bytes> call(cpu::Vm& vm, const std::string& name,
                                  const std::map<std::string, std::uint64_t>& args) override;
  void leave(cpu::Vm& vm, base::View registers) override;
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  trust::Result<cpu::Delivered> deliver(cpu::Vm& vm, const cpu::Event& event) override { return el2_->deliver(vm.asid, event); }
  std::uint32_t accept(cpu::Vm&, std::uint64_t, bool) override { return 0; }  // a page comes with its first use
  std::uint32_t grant(cpu::Vm&, std::uint64_t, std::uint8_t, std::uint8_t, bool) override { return 0; }

  // ---- the guest's side of the processor
  HvcResult hvc(const cpu::Vm& vm, const Registers& in) { return el2_->guest_call(vm.asid, in); }
  cpu::CpuidLeaf id_register(std::uint32_t leaf, std::uint32_t subleaf) const {
    return el2_->id_register(leaf, subleaf);
  }
  GuestExit fault(const cpu::Vm& vm, std::uint64_t gpa, bool write) { return el2_->abort(vm.asid, gpa, write); }
  // False: the host does not bring the vCPU back, or could not serve what it left for.
  bool resume(cpu::Vm& vm, const cpu::Exit& answer);

  // ---- the host's procedures, as an adversary in its place also uses them
  // Takes a page back, dead or alive. Empty, or which call was refused.
  std::string take_by_force(cpu::Vm& vm, std::uint64_t gpa);
  // VMs of these names are started without protection, from the next launch on.
  void leave_unprotected(const std::string& vm) { unprotected_.insert(vm); }

  El2& el2() { return *el2_; }
  // What EL2 knows of this VM, for whoever judges. Null: there is none.
  const Vm* of(const cpu::Vm& vm) const;

 private:
  struct Guest {
    std::uint64_t handle = 0, host_kvm = 0, host_vcpu = 0;
    std::set<std::uint64_t> given;    // IPAs that have a page, as the host believes
    std::set<std::uint64_t> structs;  // pages that EL2 got for the VM itself
    bool has_protection = true;
  };

  HostResult ask(std::uint32_t cpu, HostCall call, Registers in);
  std::string create(cpu::Vm& vm, Guest& guest);
  std::uint64_t shared_page(std::uint32_t cpu, base::View content);
  std::int64_t stage2_map(cpu::Vm& vm, std::uint64_t ipa);
  bool run(const cpu::Vm& vm);

  vmm::Hypervisor& host_;
  const trust::Boundary& calls_;
  HostSettings settings_;
  std::unique_ptr<El2> el2_;
  std::map<std::string, Guest> guests_;
  std::set<std::string> unprotected_;
};

}  // namespace pkvm
