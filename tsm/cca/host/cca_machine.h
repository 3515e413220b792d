#pragma once
// A machine with Arm CCA behind the neutral face of a technology: the RMM, and the host's procedures with it (what KVM does). The host
// speaks to the RMM over `calls` only; each RMI command is a message there, named as its function ("RMI_DATA_CREATE"), its registers
// the fields.
//
// A guest's address leads where the RMM's tables say (`translate`), in the protected half and in the unprotected one. The host's nested
// tables of the VM hold what it wants to be there; they are no input to the processor. A page of the unprotected half comes at the
// first access, and another one in its place at the next.
//
// How a guest's calls are carried out:
//   RSI calls: `rsi` gives registers or an exit; the exit crosses to the host, `handle` answers it, the answer crosses back, and
//   `resume` (RMI_REC_ENTER) gives registers, or says that the instruction is executed again;
//   accesses that fail: `fault` says whether the realm left, takes an abort, or is over.
//
// simplified: one REC a VM, on a processor numbered by Vm::asid; the host makes pages and no blocks; registers of an exit stand in the
// neutral exit as given at `exit_of`.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "platform/cpu/technology.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/cca/rmm.h"
#include "tsm/tio/device_host.h"

namespace cca {

// An exit as the host's neutral message: code is the exit reason. Data abort: info1 ESR, info2 the address. RIPAS change: info1 base,
// info2 top, rax the value. Host call: info1 the immediate, rax to rdx the first four registers. PSCI: info1 the function, rax to rcx
// its operands. In the answer, info1 is RmiRecEnter.flags and rax to rdx are its first four registers.
cpu::Exit exit_of(const RecExit& exit);
// VDEV request: info1 the name. Device memory: info1 base, info2 top, rax where it is, rbx the name.
// What a carrier of that exit can tell apart: "DATA_ABORT", "RIPAS_CHANGE", "HOST_CALL", "PSCI", "VDEV_REQUEST", "DEV_MEM_MAP".
std::string object_of(const cpu::Exit& exit);

// With which parameters the host makes realms, besides what Launch says.
struct RealmShape {
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  std::uint32_t s2sz = 40;
  int start_level = 0;
  bool devices = false;  // may have some; measured
};
// As the host fills them in: what the initial measurement covers of them.
ccaproto::RealmParams realm_params(const RealmShape& shape);
ccaproto::RecParams rec_params();
// The initial measurement of a realm that is built from these pages by a host that does its job.
Measurement expected_rim(const RealmShape& shape, const std::vector<cpu::LaunchPage>& pages);

class CcaMachine final : public cpu::Technology {
 public:
  CcaMachine(const RmmSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences, std::uint64_t seed);
  ~CcaMachine() override;

  // cpu::Technology
  memory::OwnershipTable& table() override { return *rmm_; }
  std::optional<memory::Translation> translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) override;
  std::string boot() override;
  // Pages are made RAM and filled one after another, measured or not as their kind says; secrets, CPUID and save-area pages do not exist
  // here. Nobody debugs a realm: Launch::debug asks for nothing. host_data goes to the front of the realm personalization value.
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  // By a command's name; arguments `gpa`, `level`, `spa`, `source`, `top`, `flags`, `run`, each where the command has one; realm and REC
  // are always the VM's, and a granule to be taken is a fresh one unless `spa` names another than lies there. Gives the registers. Calls of
  // device assignment are about the VM's first interface, and a conversation that one begins is carried out. "IPI" makes the REC leave and
  // enter again.
  std::optional<base::Bytes> call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) override;
  void leave(cpu::Vm& vm, base::View registers) override;
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  // An interrupt goes into a list register, an exception as the abort of an access, which is all that RMI_REC_ENTER has of the kind.
  trust::Result<cpu::Delivered> deliver(cpu::Vm& vm, const cpu::Event& event) override;
  std::uint32_t accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) override;  // RSI status; the host carries it out unseen
  std::uint32_t grant(cpu::Vm&, std::uint64_t, std::uint8_t, std::uint8_t, bool) override { return 0; }

  // ---- the guest's side of the processor
  RsiResult rsi(const cpu::Vm& vm, const Registers& in) { return rmm_->rsi(vm.asid, in); }
  Fault fault(const cpu::Vm& vm, std::uint64_t gpa, bool write);
  struct Resumed {
    bool entered = false;             // else the host did not bring the REC back
    std::optional<Registers> answer;  // of a call; else the instruction is executed again
    bool aborted = false;             // the host answered the access with an abort
  };
  Resumed resume(cpu::Vm& vm, const cpu::Exit& answer);

  // ---- the host's procedures, as an adversary in its place also uses them
  // Takes a protected page away, or puts one where there is none. Empty, or which command was refused.
  std::string destroy(cpu::Vm& vm, std::uint64_t gpa);
  std::string populate(cpu::Vm& vm, std::uint64_t gpa);
  // Makes the REC leave and enter again, where it runs.
  std::string kick(cpu::Vm& vm);

  // Device assignment: the RMM has that device from now on, and the host has it ready for whoever asks. Empty, or the command that is
  // refused.
  std::string attach_device(const tio::Attachment& device);

  void set_shape(const RealmShape& shape) { shape_ = shape; }
  Rmm& rmm() { return *rmm_; }
  // What the RMM knows of this VM, for whoever judges. Null: there is no such realm.
  const Realm* realm(const cpu::Vm& vm) const;
  // Where the host believes that private pages of the guest are.
  bool owned(const cpu::Vm& vm, std::uint64_t gpa) const;

 private:
  struct Guest {
    std::uint64_t rd = 0, rec = 0, run = 0;
    std::set<std::uint64_t> granules;  // delegated for it
    std::set<std::uint64_t> owned;     // guest addresses of protected pages, as the host believes
    std::set<std::uint64_t> mapped;    // guest addresses of unprotected pages that it mapped
    std::set<std::pair<int, std::uint64_t>> tables;  // by level and first address
  };

  CallResult ask(std::uint32_t pe, Rmi call, Registers in);
  CallResult enter_on(const cpu::Vm& vm, const RecEnter& enter = {});
  bool delegate(const cpu::Vm& vm, Guest& guest, std::uint64_t page);
  std::uint64_t fresh_granule(const cpu::Vm& vm, Guest& guest);  // delegated; 0: none
  std::string create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch);
  std::string create_rec(cpu::Vm& vm, Guest& guest);
  std::string add_page(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page);
  std::string add_tables(const cpu::Vm& vm, Guest& guest, std::uint64_t ipa);
  std::uint64_t unprotected(const cpu::Vm& vm, std::uint64_t gpa) const;
  void undelegate(const cpu::Vm& vm, Guest& guest, std::uint64_t granule);
  void unmap_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa);
  void map_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa);
  void data_abort(cpu::Vm& vm, std::uint64_t ipa);
  void ripas_change(cpu::Vm& vm, std::uint64_t base, std::uint64_t top, std::uint64_t value);
  // da_host.cc
  struct Device {
    tio::Attachment with;
    std::uint64_t pdev = 0, root_port = 0;  // objects; 0: none
    std::uint64_t stream = 0;               // handle
    bool connected = false;
  };
  struct Interface {
    std::size_t device = 0;  // in devices_
    std::uint64_t vdev = 0;  // object; 0: none
    std::string vm;          // whose
    std::map<std::uint64_t, std::uint64_t> mapped;  // the guest's address to device memory
  };
  using Params = base::View;
  CallResult ask_with(Rmi call, Registers in, std::uint64_t Registers::*at, Params params);  // a page of the host's with that
  bool converse(Rmi call, const Registers& in);
  std::uint64_t state_of(Rmi call, std::uint64_t object);
  std::uint64_t object_granule();
  std::string create_pdev(Device& device);
  std::string connect(Device& device);
  bool turns(const Device& device);
  void disconnect(cpu::Vm& vm, std::size_t device);
  Registers names(const Interface& interface) const;
  std::uint64_t take(cpu::Vm& vm, std::uint16_t function);  // status of the Realm Host Interface
  bool create_vdev(cpu::Vm& vm, std::uint16_t function);
  bool step(cpu::Vm& vm, Interface& interface, Rmi call, ccaproto::VdevState then);
  void unlock(cpu::Vm& vm, Interface& interface);
  void destroy_vdev(cpu::Vm& vm, Interface& interface);
  void give_back_devices(cpu::Vm& vm);
  Interface* interface_of(const cpu::Vm& vm, std::uint64_t id);
  cpu::Exit host_call(cpu::Vm& vm, const cpu::Exit& exit);
  void vdev_request(cpu::Vm& vm, std::uint64_t id);
  bool map_device(cpu::Vm& vm, const cpu::Exit& exit);
  std::optional<Registers> device_operands(const cpu::Vm& vm, Rmi call, const std::map<std::string, std::uint64_t>& args) const;

  void before_device_call(const cpu::Vm& vm, Rmi call, const Registers& in);
  void after_device_call(Rmi call, const Registers& in, const Registers& out);

  void note_call(cpu::Vm& vm, Guest& guest, Rmi call, const Registers& in, const Registers& out);

  vmm::Hypervisor& host_;
  const trust::Boundary& calls_;
  std::unique_ptr<Rmm> rmm_;
  std::map<std::string, Guest> guests_;
  RealmShape shape_;
  std::vector<Device> devices_;
  std::map<std::uint16_t, Interface> interfaces_;  // by number on the bus
  std::map<std::uint16_t, std::uint64_t> root_ports_;  // PDEVs, by number on the bus
  std::uint64_t comm_ = 0, key_page_ = 0;  // pages that the RMM reads
};

}  // namespace cca
