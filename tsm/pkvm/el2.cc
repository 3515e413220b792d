#include "tsm/pkvm/el2.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/protocol/pkvm/host_structs.h"
#include "tsm/pkvm/rule_check.h"

namespace pkvm {

namespace {
constexpr auto kRaw = memory::KeyId::kNone;
}

El2::El2(const El2Settings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, base::View pvmfw,
         std::string name, std::string at)
    : settings_(settings), memory_(memory), defences_(defences), name_(std::move(name)), at_(std::move(at)),
      pages_(settings.memory_bytes) {
  base::check(pvmfw.size() <= kPvmfwPages * kPage && settings.carveout % kPage == 0,
              "firmware fits the pages kept for it");
  (void)memory_.write(kRaw, settings_.carveout, pvmfw);
  for (std::uint64_t i = 0; i < kPvmfwPages; ++i) {
    const std::uint64_t phys = settings_.carveout + i * kPage;
    pages_.set_host(phys, {PageState::kNoPage, 0});
    pages_.set_hyp(phys, PageState::kOwned);
    pages_.annotate(phys, {});
  }
}

HostResult El2::returned(std::int64_t value) {
  return {{.x0 = static_cast<std::uint64_t>(pkvmproto::kSmcccSuccess), .x1 = static_cast<std::uint64_t>(value)}};
}

HostResult El2::host_call(std::uint32_t cpu, const Registers& in) {
  return dispatch(cpu, static_cast<HostCall>(in.x0), in);
}

HostResult El2::dispatch(std::uint32_t cpu, HostCall call, const Registers& in) {
  using C = HostCall;
  switch (call) {
    case C::kProtFinalize: return prot_finalize();
    case C::kVcpuRun: return vcpu_run(cpu, in.x1);
    case C::kShareHyp: return share_hyp(in.x1);
    case C::kUnshareHyp: return unshare_hyp(in.x1);
    case C::kDonateGuest: return donate_guest(cpu, in);
    case C::kShareGuest: return share_guest(cpu, in);
    case C::kUnshareGuest: return unshare_guest(in);
    case C::kRelaxPermsGuest:
    case C::kMkyoungGuest: return change_entry(cpu, call, in);
    case C::kWrprotectGuest:
    case C::kTestClearYoungGuest:
    case C::kTlbFlushVmid: return change_entry_of(call, in);
    case C::kReserveVm: return reserve_vm();
    case C::kUnreserveVm: return unreserve_vm(in.x1);
    case C::kInitVm: return init_vm(in);
    case C::kInitVcpu: return init_vcpu(in);
    case C::kVcpuInPoisonFault: {
      const Vcpu* vcpu = loaded_vcpu(cpu);
      const Vm* vm = loaded_vm(cpu);
      if (!vcpu || !vm) return returned(static_cast<std::int64_t>(Errno::kInval));
      return returned(vm->page(vcpu->fault_ipa).state == PageState::kPoison ? 1 : 0);
    }
    case C::kForceReclaimGuestPage: return force_reclaim(in.x1);
    case C::kReclaimDyingGuestPage: return reclaim_dying(in.x1, in.x2);
    case C::kStartTeardownVm: return start_teardown(in.x1);
    case C::kFinalizeTeardownVm: return finalize_teardown(in.x1);
    case C::kVcpuLoad: return vcpu_load(cpu, in);
    case C::kVcpuPut: return vcpu_put(cpu);
    case C::kVcpuSyncState: return vcpu_sync_state(cpu);
    case C::kCount: break;
  }
  return {{.x0 = static_cast<std::uint64_t>(pkvmproto::kSmcccNotSupported), .x1 = in.x1}};
}

std::vector<HostCall> El2::modelled_host_calls() {
  std::vector<HostCall> out;
  for (const auto& [call, name] : pkvmproto::host_calls()) out.push_back(call);
  return out;
}

// Once a processor; this model has the host take the step for all.
HostResult El2::prot_finalize() {
  if (finalized_) return returned(static_cast<std::int64_t>(Errno::kPerm));
  finalized_ = true;
  return done();
}

// ---- VMs ------------------------------------------------------------------------------------------------------------

Vm* El2::find_vm(std::uint64_t handle) {
  const auto found = vms_.find(handle);
  return found == vms_.end() || !found->second ? nullptr : &*found->second;
}

// Pages change hands between host and hypervisor: what it keeps its own state in.
bool El2::host_donates(std::uint64_t phys) {
  if (phys % kPage != 0 || !pages_.is_memory(phys)) return false;
  if (pages_.host(phys).state != PageState::kOwned || pages_.hyp(phys) != PageState::kNoPage) return false;
  pages_.set_host(phys, {PageState::kNoPage, 0});
  pages_.set_hyp(phys, PageState::kOwned);
  pages_.annotate(phys, {});
  return true;
}

void El2::hyp_gives_back(std::uint64_t phys) {
  (void)memory_.write(kRaw, phys, base::Bytes(kPage));
  pages_.set_hyp(phys, PageState::kNoPage);
  back_to_host(phys);
}

bool El2::pinned(std::uint64_t phys) const {
  return phys % kPage == 0 && pages_.is_memory(phys) && pages_.host(phys).state == PageState::kSharedOwned &&
         pages_.hyp(phys) == PageState::kSharedBorrowed;
}

HostResult El2::reserve_vm() {
  for (std::uint64_t handle = kHandleOffset; handle < kHandleOffset + kVmsMax; ++handle)
    if (vms_.try_emplace(handle).second) return returned(static_cast<std::int64_t>(handle));
  return returned(static_cast<std::int64_t>(Errno::kNoMem));
}

// A VM that is there stays.
HostResult El2::unreserve_vm(std::uint64_t handle) {
  const auto found = vms_.find(handle);
  if (found != vms_.end() && !found->second) vms_.erase(found);
  return done();
}

// x1: the host's structure, shared; x2 and x3: pages for the VM's state and its tables.
HostResult El2::init_vm(const Registers& in) {
  pkvmproto::HostKvm host;
  base::Bytes bytes(wire::min_size<pkvmproto::HostKvm>());
  InitVmCase c{.pinned = pinned(in.x1),
               .created_vcpus = 1,
               .handle = kHandleOffset,
               .vm_given = true,
               .pgd_given = true,
               .reserved = true};
  if (auto no = first_failure<InitVmCase>(kInitVmRules, c)) return *no;
  (void)memory_.read(kRaw, in.x1, bytes);  // once
  if (const auto read = wire::decode<pkvmproto::HostKvm>(bytes)) host = *read;
  c.created_vcpus = host.created_vcpus, c.handle = host.handle;
  if (auto no = first_failure<InitVmCase>(kInitVmRules, c)) return *no;
  c.vm_given = host_donates(in.x2);
  c.pgd_given = c.vm_given && host_donates(in.x3);
  const auto slot = vms_.find(host.handle);
  c.reserved = slot != vms_.end() && !slot->second;
  if (auto no = first_failure<InitVmCase>(kInitVmRules, c)) {
    if (c.vm_given) hyp_gives_back(in.x2);
    if (c.pgd_given) hyp_gives_back(in.x3);
    return *no;
  }
  pages_.pin(in.x1);
  (void)memory_.write(kRaw, in.x2, base::Bytes(kPage));
  (void)memory_.write(kRaw, in.x3, base::Bytes(kPage));
  Vm& vm = slot->second.emplace();
  vm.handle = host.handle, vm.at = in.x2, vm.pgd = in.x3, vm.host_kvm = in.x1;
  vm.is_protected = host.is_protected != 0;
  vm.pvmfw_load_addr = vm.is_protected ? host.pvmfw_load_addr : pkvmproto::HostKvm::kNoPvmfw;
  vm.created_vcpus = host.created_vcpus;
  return done();
}

// x1: handle; x2: the host's structure, shared; x3: a page for the vCPU's state.
HostResult El2::init_vcpu(const Registers& in) {
  InitVcpuCase c{.given = host_donates(in.x3), .known = true, .pinned = true, .free = true};
  if (auto no = first_failure<InitVcpuCase>(kInitVcpuRules, c)) return *no;
  Vm* vm = find_vm(in.x1);
  c.known = vm != nullptr;
  c.pinned = pinned(in.x2);
  pkvmproto::HostVcpu host;
  base::Bytes bytes(wire::min_size<pkvmproto::HostVcpu>());
  if (c.pinned) (void)memory_.read(kRaw, in.x2, bytes);
  if (const auto read = wire::decode<pkvmproto::HostVcpu>(bytes)) host = *read;
  c.free = vm && host.index < vm->created_vcpus && !vm->vcpus.contains(host.index);
  if (auto no = first_failure<InitVcpuCase>(kInitVcpuRules, c)) {
    hyp_gives_back(in.x3);
    return *no;
  }
  (void)memory_.write(kRaw, in.x3, base::Bytes(kPage));
  pages_.pin(in.x2);
  vm->vcpus[host.index] = {.index = host.index, .at = in.x3, .host_vcpu = in.x2};
  return done();
}

// ---- vCPUs ----------------------------------------------------------------------------------------------------------

Vm* El2::loaded_vm(std::uint32_t cpu) {
  const auto found = loaded_.find(cpu);
  return found == loaded_.end() ? nullptr : find_vm(found->second.handle);
}
Vcpu* El2::loaded_vcpu(std::uint32_t cpu) {
  Vm* vm = loaded_vm(cpu);
  return vm ? &vm->vcpus.at(loaded_.at(cpu).index) : nullptr;
}

// x1: handle; x2: index. Nothing tells the host when it is refused: the next run is.
HostResult El2::vcpu_load(std::uint32_t cpu, const Registers& in) {
  if (loaded_.contains(cpu)) return done();
  Vm* vm = find_vm(in.x1);
  if (!vm || vm->is_dying || in.x2 >= vm->created_vcpus) return done();
  const auto vcpu = vm->vcpus.find(static_cast<unsigned>(in.x2));
  if (vcpu == vm->vcpus.end() || vcpu->second.loaded_on) return done();
  vcpu->second.loaded_on = cpu;
  loaded_[cpu] = {in.x1, vcpu->first};
  return done();
}

HostResult El2::vcpu_put(std::uint32_t cpu) {
  if (Vcpu* vcpu = loaded_vcpu(cpu)) {
    vcpu->loaded_on.reset();
    vcpu->inside = false;
  }
  loaded_.erase(cpu);
  return done();
}

// Of a non-protected vCPU alone.
HostResult El2::vcpu_sync_state(std::uint32_t cpu) {
  const Vm* vm = loaded_vm(cpu);
  const Vcpu* vcpu = loaded_vcpu(cpu);
  if (!vm || !vcpu || vm->is_protected) return done();
  base::Bytes registers(cpu::kRegisterBytesMax);
  (void)memory_.read(kRaw, vcpu->at + pkvmproto::kRegistersAt, registers);
  (void)memory_.write(kRaw, vcpu->host_vcpu + pkvmproto::kRegistersAt, registers);
  return done();
}

HostResult El2::vcpu_run(std::uint32_t cpu, std::uint64_t host_vcpu) {
  Vcpu* vcpu = loaded_vcpu(cpu);
  const RunCase c{vcpu && vcpu->host_vcpu == host_vcpu};
  if (auto no = first_failure<RunCase>(kRunRules, c)) return *no;
  vcpu->inside = true;
  return done();
}

void El2::exit_to_host(std::uint32_t cpu) {
  if (Vcpu* vcpu = loaded_vcpu(cpu)) vcpu->inside = false;
}

// ---- the end --------------------------------------------------------------------------------------------------------

HostResult El2::start_teardown(std::uint64_t handle) {
  Vm* vm = find_vm(handle);
  const TeardownCase c{vm != nullptr, !vm || !vm->loaded(), vm && vm->is_dying};
  if (auto no = first_failure<TeardownCase>(kStartTeardownRules, c)) return *no;
  vm->is_dying = true;
  return done();
}

// Guest pages that nobody took back by now belong to a VM that is gone, and to nobody for good.
HostResult El2::finalize_teardown(std::uint64_t handle) {
  Vm* vm = find_vm(handle);
  const TeardownCase c{vm != nullptr, !vm || !vm->loaded(), vm && vm->is_dying};
  if (auto no = first_failure<TeardownCase>(kFinalizeRules, c)) return *no;
  for (const auto& [index, vcpu] : vm->vcpus) {
    hyp_gives_back(vcpu.at);
    pages_.unpin(vcpu.host_vcpu);
  }
  hyp_gives_back(vm->at);
  hyp_gives_back(vm->pgd);
  pages_.unpin(vm->host_kvm);
  vms_.erase(handle);
  return done();
}

// ---- ground truth ---------------------------------------------------------------------------------------------------

const Vm* El2::vm(std::uint64_t handle) const {
  const auto found = vms_.find(handle);
  return found == vms_.end() || !found->second ? nullptr : &*found->second;
}
trust::Result<cpu::Delivered> El2::deliver(std::uint32_t cpu, const cpu::Event& event) {
  const Vm* vm = vm_on(cpu);
  const EventCase c{vm != nullptr && vm->is_protected, event.type == cpu::EventType::kException};
  if (auto no = defences_.first_refusal<EventCase>(kEventRules, c, at_)) return *no;
  return cpu::Delivered{};
}

const Vm* El2::vm_on(std::uint32_t cpu) const {
  const auto found = loaded_.find(cpu);
  return found == loaded_.end() ? nullptr : vm(found->second.handle);
}
const Vcpu* El2::vcpu_on(std::uint32_t cpu) const {
  const Vm* vm = vm_on(cpu);
  return vm ? &vm->vcpus.at(loaded_.at(cpu).index) : nullptr;
}

std::vector<const trust::Defence*> el2_defences() {
  std::vector<const trust::Defence*> all;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) all.push_back(&rule.defence);
  };
  add(kShareHypRules), add(kUnshareHypRules), add(kDonateRules), add(kShareGuestRules), add(kUnshareGuestRules),
      add(kLoadedRules);
  add(kReclaimDyingRules), add(kForceReclaimRules), add(kInitVmRules), add(kInitVcpuRules), add(kStartTeardownRules),
      add(kFinalizeRules);
  add(kRunRules), add(kMemShareRules), add(kMemUnshareRules), add(kMmioGuardRules), add(kEventRules), add(kForeignRules);
  for (const auto* one : {&kPoison, &kStage2Owner, &kDonateUnmap, &kUnshareUnmap, &kStateHidden, &kPvmfwLoad})
    all.push_back(one);
  return all;
}

}  // namespace pkvm
