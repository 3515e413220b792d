#pragma once
// What a confidential-computing technology adds to a machine, behind one face: who owns a page, what the CPU saves and how, what
// the host has to do to start a VM and to move a page, and what of its own the guest can ask. A machine without any has
// `NoTechnology`. Nothing here names a vendor.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/cpu/event.h"
#include "platform/memory/address_space.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/memory/nested_tables.h"
#include "platform/memory/ownership.h"
#include "platform/trust/boundary.h"
#include "platform/trust/defence.h"
#include "platform/wire/wire.h"

namespace cpu {

// One VM as the machine sees it. The nested tables are the host's, the address space is the guest's.
struct Vm {
  Vm(std::string vm_name, std::uint32_t vm_asid, std::uint64_t bytes)
      : name(std::move(vm_name)), asid(vm_asid), space(bytes, memory::AddressSpace::Attribute::kShared) {}
  std::string name;
  std::uint32_t asid;
  memory::KeyId key = memory::KeyId::kNone;  // set when the technology gave it one
  memory::NestedTables nested;
  memory::AddressSpace space;
  std::uint64_t save_area = 0;  // system address of the vCPU's save area
  std::uint64_t registers_at = 0;  // where in the save area a program's live variables stand; no secret
};

struct LaunchPage {
  enum class Kind { kMeasured, kZero, kUnmeasured, kSecrets, kCpuid, kSaveArea };
  std::uint64_t gpa = 0;
  base::Bytes bytes;  // 4096
  Kind kind = Kind::kMeasured;
};

// What the host starts a VM with.
struct Launch {
  std::vector<LaunchPage> pages;
  bool debug = false;            // ask for a debuggable guest
  base::Block<32> host_data{};
  base::Bytes owner_session;     // where the technology wants the owner's consent before the launch
  base::Bytes identity{}, identity_proof{};  // what the owner signed for exactly this launch, and his signatures; empty: nothing
  std::uint16_t firmware_floor = 0;      // oldest interface of the security manager that will do, major << 8 | minor
};

// A VM exit as the host handles it, and its answer: an exit code of the architecture, two words of information, and the registers
// that the guest shows for it. Little-endian on the boundary.
struct Exit {
  std::uint64_t code = 0, info1 = 0, info2 = 0;
  std::uint64_t rax = 0, rbx = 0, rcx = 0, rdx = 0;
  using Wire = wire::Layout<&Exit::code, &Exit::info1, &Exit::info2, &Exit::rax, &Exit::rbx, &Exit::rcx, &Exit::rdx>;
};

// CPUID as the silicon has it.
struct CpuidLeaf {
  std::uint32_t leaf = 0, subleaf = 0;
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

inline constexpr std::size_t kRegisterBytesMax = 1024;

class Technology {
 public:
  virtual ~Technology() = default;

  virtual memory::OwnershipTable& table() = 0;
  // Where an address of the guest leads: the host's nested tables say, unless the technology keeps tables of its own.
  virtual std::optional<memory::Translation> translate(const Vm& vm, std::uint64_t gpa, bool is_private) {
    (void)is_private;
    return vm.nested.translate(gpa);
  }

  // Where a private access to device memory leads: `host_says`, unless the technology keeps tables of its own for it.
  virtual std::uint64_t device_memory(const Vm& vm, std::uint64_t gpa, std::uint64_t host_says) {
    (void)vm, (void)gpa;
    return host_says;
  }

  // Host procedures, speaking to the security manager over its boundary. False or a reason: refused.
  virtual std::string boot() = 0;
  virtual std::string launch(Vm& vm, const Launch& launch) = 0;
  // Ends a VM that never runs again: what the technology holds of it is given up, and what of its pages can be
  // reclaimed is the host's once more.
  virtual void retire(Vm& vm) = 0;
  // What the host does at an exit of the guest, after the boundary.
  virtual Exit handle(Vm& vm, const Exit& exit) = 0;
  // A host call by its specification's name, as an adversary makes it. Empty: refused or unknown.
  virtual std::optional<base::Bytes> call(Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) = 0;

  // VMEXIT puts the registers into the save area, VMRUN takes them from there or is refused. At most kRegisterBytesMax.
  virtual void leave(Vm& vm, base::View registers) = 0;
  virtual trust::Result<base::Bytes> enter(Vm& vm, std::size_t count) = 0;

  // What the host asks to be delivered to the vCPU that it enters. Refused: the guest sees nothing of it.
  virtual trust::Result<Delivered> deliver(Vm& vm, const Event& event) {
    (void)vm, (void)event;
    return Delivered{};
  }
  // How many steps more the guest makes, unseen by the host, when a timer of the host's has stopped it with so little progress.
  virtual std::uint32_t unseen_steps(Vm& vm, const Progress& progress) {
    (void)vm, (void)progress;
    return 0;
  }

  // A device's read in a VM's name met memory that fails its check, and was not answered: whose check it is says so.
  virtual void poisoned_for_device() {}

  // Instructions of the guest.
  virtual std::uint32_t accept(Vm& vm, std::uint64_t gpa, bool accepted) = 0;  // 0, or the instruction's result code
  virtual std::uint32_t grant(Vm& vm, std::uint64_t gpa, std::uint8_t level, std::uint8_t permissions, bool save_area) = 0;
};

}  // namespace cpu
