#pragma once
// A machine with CoVE behind the neutral face of a technology: the TSM, and the host's procedures with it (what KVM does). The host
// speaks to the TSM over `calls` only; each ECALL is a message there, named as its function ("sbi_covh_convert_pages"), its registers
// the fields.
//
// An address of a TVM leads where the TSM's tables say (`translate`). The host's nested tables hold what the host has there, pages of
// its own and pages that it gave away; they are no input to the hart.
//
// How a guest's calls are carried out:
//   `ecall` gives registers or an exit; the exit crosses to the host, `handle` answers it, the answer crosses back, and `resume`
//   (sbi_covh_run_tvm_vcpu) gives registers, or says that the ECALL is executed again;
//   accesses that fail: `fault` says whether the TVM left, took an access fault itself, or is dead.
//
// simplified: one vCPU a VM, on a hart numbered by Vm::asid; pages are 4 KiB.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/cove/tsm.h"
#include "tsm/tio/device_host.h"

namespace cove {

// An exit as the host's neutral message: code is scause. Page fault: info1 is htval, info2 the address. ECALL: info1 a7, info2 a6, rax to
// rdx are a0 to a3; of the answer rax and rbx are a0 and a1.
cpu::Exit exit_of(const TvmExit& exit);
// What a carrier of that exit can tell apart: "GUEST_LOAD_PAGE_FAULT", "sbi_covg_share_memory_region", "VIRTUAL_SUPERVISOR_ENV_CALL".
std::string object_of(const cpu::Exit& exit);

class CoveMachine final : public cpu::Technology {
 public:
  CoveMachine(const TsmSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences,
              std::uint64_t seed);
  ~CoveMachine() override;

  // cpu::Technology
  memory::OwnershipTable& table() override { return *tsm_; }
  std::optional<memory::Translation> translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) override;
  std::string boot() override;
  // Measured pages are copied in and measured. There is no content without measurement: kUnmeasured pages are laid out in memory of the
  // host's, for the guest to take in. kZero pages come when the guest touches them; the other kinds do not exist here. host_data is the
  // front of the TVM's identity. entry_sepc is the first measured page, entry_arg zero.
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  // By a function's name; arguments `gpa`, `spa`, `source`, `value`, each where the function has one; a TVM is always the VM's. A page
  // that is to enter a TVM is a converted one of the host's unless `spa` names another than the one that lies there. "IPI" makes the
  // vCPU leave and enter again, and "HVIP" does so with `value` pending. About devices: of the VM's interface, or the one that `value`
  // numbers; a transcript is from then on the one that is `value` connections old; a key of a root port is made of the byte `value`, for
  // the key set `level`.
  std::optional<base::Bytes> call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) override;
  void leave(cpu::Vm& vm, base::View registers) override { tsm_->save(vm.asid, registers); }
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  // The timer's interrupt and the external one are bits of hvip; the guest takes them as `on_interrupt` says.
  trust::Result<cpu::Delivered> deliver(cpu::Vm& vm, const cpu::Event& event) override;
  std::uint32_t accept(cpu::Vm&, std::uint64_t, bool) override { return 0; }  // a TVM's pages come without its doing
  std::uint32_t grant(cpu::Vm&, std::uint64_t, std::uint8_t, std::uint8_t, bool) override { return 0; }

  // ---- the guest's side of the hart
  EcallResult ecall(const cpu::Vm& vm, const Ecall& in) { return tsm_->ecall(vm.asid, in); }
  Fault fault(const cpu::Vm& vm, std::uint64_t gpa, bool write, bool machine_check) {
    return tsm_->fault(vm.asid, gpa, write, machine_check);
  }
  struct Resumed {
    bool entered = false;            // else the host did not bring the vCPU back
    std::optional<SbiRet> answer{};  // of an ECALL; else the instruction at fault is executed again
  };
  Resumed resume(cpu::Vm& vm, const cpu::Exit& answer);
  // Takes what the vCPU finds pending when it enters.
  using InterruptHandler = std::function<void(std::uint64_t hvip)>;
  void on_interrupt(const cpu::Vm& vm, InterruptHandler handler) { handlers_[vm.name] = std::move(handler); }

  // ---- the host's procedures, as an adversary in its place also uses them. Empty, or which call was refused.
  std::string block(cpu::Vm& vm, std::uint64_t gpa);    // invalidate, fence, IPI
  std::string unblock(cpu::Vm& vm, std::uint64_t gpa);  // validate
  std::string remove(cpu::Vm& vm, std::uint64_t gpa);   // takes it away, all in order
  std::string add_zero(cpu::Vm& vm, std::uint64_t gpa);
  std::string kick(cpu::Vm& vm);

  // ---- devices (cove_devices.cc). The TSM has that one from now on. Empty, or the call that is refused.
  std::string attach_device(const tio::Attachment& device);

  Tsm& tsm() { return *tsm_; }
  // What the TSM knows of this VM, for whoever judges. Null: there is no such TVM.
  const Tvm* tvm(const cpu::Vm& vm) const;

 private:
  struct Transcript {  // in the host's memory
    std::vector<std::uint64_t> pages;
    std::uint64_t bytes = 0;
  };
  struct IoDevice {
    tio::Attachment at;
    bool connected = false;
    std::vector<Transcript> transcripts;  // of each connection, the last one behind
    std::size_t serves = 0;               // how many connections back the host looks when a transcript is asked for
  };
  struct IoInterface {
    std::size_t device = 0;
    tio::DeviceManager::Function function;
    std::string vm;                                // whose it is, as the host believes; empty: nobody's
    bool bound = false;
    std::vector<tio::MemoryRange> regions;  // that it gave to that VM
  };
  struct Guest {
    TvmId id = 0;
    std::vector<std::uint64_t> shmem;  // NACL shared memory of its hart
    std::set<std::uint64_t> pages;     // confidential ones that were given for it
    std::set<std::uint64_t> owned;     // guest addresses of its confidential pages, as the host believes
    std::set<std::uint64_t> shared;    // guest addresses that the guest has asked to share
  };

  CallResult ask(std::uint32_t hart, Covh function, Ecall in = {});
  CallResult ask(std::uint32_t hart, Ecall in);
  CallResult run(const cpu::Vm& vm);
  // Contiguous pages of the host's, the first so aligned; empty when memory is out.
  std::vector<std::uint64_t> take_run(std::size_t count, std::uint64_t alignment);
  // Makes pages of the host's confidential: converted, and fenced on every hart.
  std::string convert(std::uint32_t hart, std::vector<std::uint64_t> pages);
  // A confidential page that nobody has.
  std::uint64_t spare_page(std::uint32_t hart);
  void deliver_interrupts(const cpu::Vm& vm);

  std::string create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch);
  std::string add_measured(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page, std::uint64_t to);
  std::string finalize(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch);
  std::string need_tables(cpu::Vm& vm, Guest& guest, std::uint64_t gpa);
  std::string add_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa);
  void change_assignment(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes, bool share);
  void page_fault(cpu::Vm& vm, std::uint64_t gpa);
  void ecall_exit(cpu::Vm& vm, cpu::Exit& exit);
  void note_call(cpu::Vm& vm, Guest& guest, Covh function, const Ecall& in);

  IoInterface* find_interface(std::uint64_t function);
  CallResult connect_device(IoDevice& device);
  CallResult take_device(cpu::Vm& vm, IoInterface& interface);
  CallResult give_regions(const cpu::Vm& vm, IoInterface& interface);
  void give_back(IoInterface& interface);
  void drop_device(IoDevice& device);
  CallResult bring_transcript(const IoDevice& device);
  void device_request(cpu::Vm& vm, cpu::Exit& exit);
  void guest_device_call(cpu::Vm& vm, Covg function, std::uint64_t device_if_id);
  std::optional<base::Bytes> device_call(cpu::Vm& vm, const coveproto::Named& named, const std::map<std::string, std::uint64_t>& args);
  std::optional<base::Bytes> key_call(const IoDevice& device, coveproto::Covt function, std::uint8_t fill, std::uint8_t set);
  void renew_dma(const cpu::Vm& vm);
  void poke_shmem(const Guest& guest, std::uint64_t at, std::uint64_t value);

  vmm::Hypervisor& host_;
  const trust::Boundary& calls_;
  TsmSettings settings_;
  std::unique_ptr<Tsm> tsm_;
  std::map<std::string, Guest> guests_;
  std::map<std::string, InterruptHandler> handlers_;
  std::vector<std::uint64_t> spare_;  // confidential and unassigned
  std::vector<IoDevice> devices_;
  std::vector<IoInterface> interfaces_;
};

}  // namespace cove
