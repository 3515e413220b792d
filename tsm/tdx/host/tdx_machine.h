#pragma once
// A machine with TDX behind the neutral face of a technology: the module, and the host's procedures with it (what KVM does). The host
// speaks to the module over `calls` only; each SEAMCALL is a message there, named as its leaf ("TDH.MEM.PAGE.AUG"), its registers the
// fields.
//
// A guest's private address leads where the module's Secure EPT says (`translate`). The host's nested tables of the VM hold its shared
// pages and, for private ones, what the host believes; they are no input to the processor.
//
// How a guest's calls are carried out:
//   instructions that may leave the TD: `tdcall` gives registers or an exit; the exit crosses to the host, `handle` answers it, the
//   answer crosses back, and `resume` (TDH.VP.ENTER) gives registers, or says that the instruction is executed again;
//   accesses that fail: `fault` says whether the TD left, took a #VE, or is dead.
//
// simplified: one vCPU a VM, on a logical processor numbered by Vm::asid; pages are 4 KiB; the words of a hypercall stand in the
// neutral exit as given at `exit_of`.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/protocol/tdx/td_params.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/tdx/module.h"
#include "tsm/tio/device_host.h"

namespace tdx {

// An exit as the host's neutral message: code is the exit reason. EPT violation: info1 qualification, info2 the guest physical
// address, rax the extended qualification. Hypercall: info1 R11, info2 R10, rax R12, rbx R13, rcx R14, rdx R15.
cpu::Exit exit_of(const TdExit& exit);
// What a carrier of that exit can tell apart: "EPT_VIOLATION", "MAP_GPA", "GET_QUOTE", "CPUID".
std::string object_of(const cpu::Exit& exit);

class TdxMachine final : public cpu::Technology {
 public:
  TdxMachine(const ModuleSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences,
             std::uint64_t seed);
  ~TdxMachine() override;

  // cpu::Technology
  memory::OwnershipTable& table() override { return *module_; }
  std::optional<memory::Translation> translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) override;
  std::uint64_t device_memory(const cpu::Vm& vm, std::uint64_t gpa, std::uint64_t host_says) override {
    return module_->device_memory(vm.asid, gpa, host_says);
  }
  std::string boot() override;
  // Measured pages are added and extended, kZero and kUnmeasured ones only added; secrets, CPUID and save-area pages do not exist here.
  // Launch::debug sets ATTRIBUTES.DEBUG, host_data goes to the front of MRCONFIGID.
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  // By a SEAMCALL's name; arguments `gpa`, `level`, `spa`, `source`, `data`, each where the leaf has one; a TD is always the VM's, an
  // interface its first, device memory `value` bytes into that (and `top` where a system address is meant too). "IPI" makes the vCPU leave
  // and enter again; "TDCM.BIND" and "TDCM.UNBIND" are what the host does when a TD asks for that. TDH.MEM.RD gives the page's bytes, TDH.VP.RD the registers.
  std::optional<base::Bytes> call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) override;
  void leave(cpu::Vm& vm, base::View registers) override;
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  trust::Result<cpu::Delivered> deliver(cpu::Vm&, const cpu::Event& event) override { return module_->post(event); }
  std::uint32_t unseen_steps(cpu::Vm&, const cpu::Progress& progress) override { return module_->unseen_steps(progress); }
  std::uint32_t accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) override;  // status bits 63:32 of TDG.MEM.PAGE.ACCEPT
  std::uint32_t grant(cpu::Vm&, std::uint64_t, std::uint8_t, std::uint8_t, bool) override { return 0; }

  // ---- the guest's side of the processor
  TdcallResult tdcall(const cpu::Vm& vm, const Registers& in);
  std::optional<cpu::CpuidLeaf> cpuid(const cpu::Vm& vm, std::uint32_t leaf, std::uint32_t subleaf) {
    return module_->cpuid(vm.asid, leaf, subleaf);
  }
  // Of an access that the vCPU could not make; `machine_check` where memory itself failed it.
  void poisoned_for_device() override { module_->poisoned_for_device(); }
  Fault fault(const cpu::Vm& vm, std::uint64_t gpa, bool write, bool machine_check);
  struct Resumed {
    bool entered = false;               // else the host did not bring the vCPU back
    std::optional<Registers> answer;    // of a hypercall; else the instruction at fault is executed again
  };
  Resumed resume(cpu::Vm& vm, const cpu::Exit& answer);

  // ---- the host's procedures, as an adversary in its place also uses them
  // Makes a private page unreachable until it is unblocked: TDH.MEM.RANGE.BLOCK, TDH.MEM.TRACK, IPI. Empty, or which call was refused.
  std::string block(cpu::Vm& vm, std::uint64_t gpa);
  std::string unblock(cpu::Vm& vm, std::uint64_t gpa);
  // Takes a private page away, all in order; puts one where there is none.
  std::string remove(cpu::Vm& vm, std::uint64_t gpa);
  std::string augment(cpu::Vm& vm, std::uint64_t gpa);
  // Makes the vCPU leave and enter again, where it is inside.
  std::string kick(cpu::Vm& vm);

  // TDX Connect: the module has that device from now on. Empty, or the call that is refused.
  std::string attach_device(const tio::Attachment& device);

  // Carries a TDREPORT to whoever quotes it, and the quote back; nothing where there is none to be had.
  using QuoteService = std::function<std::optional<base::Bytes>(base::View report)>;
  void set_quote_service(QuoteService service) { quotes_ = std::move(service); }
  // Parameters of TDs started from here on, besides what Launch says.
  void set_params(const tdxproto::TdParams& params) { params_ = params; }

  Module& module() { return *module_; }
  // What the module knows of this VM, for whoever judges. Null: there is no such TD.
  const Td* td(const cpu::Vm& vm) const;
  // The fatal error that the guest reported before it stopped, if it did.
  std::optional<std::uint64_t> fatal_error(const cpu::Vm& vm) const;

 private:
  struct Guest {
    std::uint64_t tdr = 0, tdvpr = 0;
    std::set<std::uint64_t> pages;  // given to the module for it, the root page apart
    std::set<std::uint64_t> owned;  // guest addresses of private pages, as the host believes
    std::set<std::pair<unsigned, std::uint64_t>> tables;  // of the Secure EPT, by level and first address
    std::optional<std::uint64_t> fatal_error;
    bool stopped = false;  // the host ends it: it touches what no slot of memory is at
  };

  // TDX Connect, connect_host.cc.
  struct Device {
    tio::Attachment place;
    std::uint64_t spdm = 0, stream_page = 0;
    bool open = false, has_stream = false, connected = false;
  };
  struct Interface {
    std::size_t device = 0;
    tio::DeviceManager::Function function;
    std::string vm;                       // whose it is; empty: nobody's
    bool locked = false, led = false;     // for that VM; and its trusted DMA has an entry
    base::Bytes report;                   // as the module wrote it at the last binding
    std::map<std::uint64_t, std::uint64_t> memory;  // with metadata: guest to system pages
    std::set<std::uint64_t> mapped;                 // of those
  };
  Interface* find_interface(std::uint64_t rid);
  Interface* first_interface(const cpu::Vm& vm);
  bool connect_device(Device& device);
  void disconnect_device(cpu::Vm& vm, std::size_t device);
  bool bind_device(cpu::Vm& vm, Interface& interface);
  bool lock_device(cpu::Vm& vm, Interface& interface);
  bool map_device(cpu::Vm& vm, Interface& interface);
  bool lead_dma(cpu::Vm& vm, Interface& interface);
  void unbind_device(cpu::Vm& vm, Interface& interface);
  void release_devices(cpu::Vm& vm);
  void flush_devices(const cpu::Vm& vm);
  std::uint64_t tdcm(cpu::Vm& vm, std::uint64_t rid, std::uint64_t gpa, std::uint64_t bytes);
  std::optional<base::Bytes> connect_call(cpu::Vm& vm, Seamcall leaf, const std::map<std::string, std::uint64_t>& args);

  CallResult ask(std::uint32_t lp, Seamcall leaf, Registers in);
  // The first logical processor of each package has its number.
  std::uint32_t packages() const { return host_.memory().settings().sockets; }
  CallResult enter_on(const cpu::Vm& vm, Registers in = {});
  std::string create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch);
  std::string create_vcpu(cpu::Vm& vm, Guest& guest);
  std::string add_page(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page);
  std::string add_tables(const cpu::Vm& vm, Guest& guest, std::uint64_t gpa);
  void note_call(cpu::Vm& vm, Guest& guest, Seamcall leaf, const Registers& in, const Registers& out);
  void hypercall(cpu::Vm& vm, cpu::Exit& exit);
  std::uint64_t map_gpa(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes);
  std::uint64_t get_quote(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes);
  void ept_violation(cpu::Vm& vm, std::uint64_t gpa);
  bool copy_shared(cpu::Vm& vm, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in);

  vmm::Hypervisor& host_;
  const trust::Boundary& calls_;
  ModuleSettings settings_;
  std::unique_ptr<Module> module_;
  std::map<std::string, Guest> guests_;
  QuoteService quotes_;
  tdxproto::TdParams params_;
  std::set<std::uint32_t> hkids_free_;
  std::vector<Device> devices_;
  std::vector<Interface> interfaces_;
  std::set<std::pair<unsigned, std::uint64_t>> mmiomt_;  // tables of device memory's metadata, by level and first address
  std::set<std::pair<unsigned, std::uint64_t>> dmar_;    // tables of trusted DMA, by level and index within it
};

}  // namespace tdx
