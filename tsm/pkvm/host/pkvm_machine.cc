#include "tsm/pkvm/host/pkvm_machine.h"

#include <algorithm>

#include "platform/protocol/pkvm/host_structs.h"
#include "tsm/pkvm/el2_rules.h"

namespace pkvm {

namespace {

using Kind = cpu::LaunchPage::Kind;
constexpr auto kRaw = memory::KeyId::kNone;
constexpr const char* kNoMemory = "the host is out of memory";

std::string refused(HostCall call, const HostResult& result) {
  return std::string(pkvmproto::name_of(call)) + ": " + std::string(pkvmproto::name_of(result.error()));
}

}  // namespace

PkvmMachine::PkvmMachine(const HostSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls,
                         trust::Defences& defences)
    : host_(host), calls_(calls), settings_(settings),
      el2_(std::make_unique<El2>(settings.el2, host.memory(), defences, settings.pvmfw)) {}

PkvmMachine::~PkvmMachine() = default;

HostResult PkvmMachine::ask(std::uint32_t cpu, HostCall call, Registers in) {
  static const wire::Schema kSchema = wire::schema_of<Registers>("pkvm.HVC");
  in.x0 = static_cast<std::uint64_t>(call);
  const auto arrived =
      calls_.cross({.object = std::string(pkvmproto::name_of(call)), .bytes = wire::encode(in), .schema = &kSchema});
  const auto there = wire::decode<Registers>(arrived ? arrived->bytes : base::Bytes{});
  // What never arrives looks to the rest of the host like a call that does not exist.
  if (!there) return {{.x0 = static_cast<std::uint64_t>(pkvmproto::kSmcccNotSupported)}};
  return el2_->host_call(cpu, *there);
}

std::string PkvmMachine::boot() {
  const auto result = ask(0, HostCall::kProtFinalize, {});
  return result.ok() ? "" : refused(HostCall::kProtFinalize, result);
}

// ---- launch ---------------------------------------------------------------------------------------------------------

// A page of the host's own that EL2 may read.
std::uint64_t PkvmMachine::shared_page(std::uint32_t cpu, base::View content) {
  const std::uint64_t page = host_.take_page();
  if (page == 0) return 0;
  base::Bytes bytes = base::bytes_of(content);
  bytes.resize(kPage);
  (void)host_.memory().write(kRaw, page, bytes);
  return ask(cpu, HostCall::kShareHyp, {.x1 = page / kPage}).ok() ? page : 0;
}

std::string PkvmMachine::create(cpu::Vm& vm, Guest& guest) {
  auto result = ask(vm.asid, HostCall::kReserveVm, {});
  if (!result.ok()) return refused(HostCall::kReserveVm, result);
  guest.handle = result.out.x1;
  pkvmproto::HostKvm kvm{.handle = guest.handle,
                         .pvmfw_load_addr = settings_.pvmfw_ipa,
                         .created_vcpus = 1,
                         .is_protected = guest.has_protection ? 1u : 0u};
  guest.host_kvm = shared_page(vm.asid, wire::encode(kvm));
  guest.host_vcpu = shared_page(vm.asid, wire::encode(pkvmproto::HostVcpu{.index = 0}));
  const std::uint64_t state = host_.take_page(), tables = host_.take_page(), vcpu = host_.take_page();
  if (guest.host_kvm == 0 || guest.host_vcpu == 0 || vcpu == 0) return kNoMemory;
  result = ask(vm.asid, HostCall::kInitVm, {.x1 = guest.host_kvm, .x2 = state, .x3 = tables});
  if (!result.ok()) return refused(HostCall::kInitVm, result);
  guest.structs = {state, tables};
  result = ask(vm.asid, HostCall::kInitVcpu, {.x1 = guest.handle, .x2 = guest.host_vcpu, .x3 = vcpu});
  if (!result.ok()) return refused(HostCall::kInitVcpu, result);
  guest.structs.insert(vcpu);
  (void)ask(vm.asid, HostCall::kVcpuLoad, {.x1 = guest.handle, .x2 = 0});
  vm.key = guest.has_protection ? settings_.el2.guest_key : kRaw;
  vm.save_area = el2_->registers_page(vm.asid);
  vm.registers_at = pkvmproto::kRegistersAt;
  return "";
}

std::string PkvmMachine::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  Guest& guest = guests_[vm.name];
  guest = {};
  guest.has_protection = !unprotected_.contains(vm.name);
  if (const auto why = create(vm, guest); !why.empty()) return why;
  for (const auto& page : launch.pages) {
    if (page.kind == Kind::kSaveArea || page.kind == Kind::kSecrets || page.kind == Kind::kCpuid) continue;
    const std::uint64_t target = host_.back(vm, page.gpa);
    if (target == 0) return kNoMemory;
    base::Bytes content = page.bytes;
    content.resize(kPage);
    (void)host_.memory().write(kRaw, target, content);
  }
  if (guest.has_protection)
    for (std::uint64_t i = 0; i < kPvmfwPages; ++i)
      if (host_.back(vm, settings_.pvmfw_ipa + i * kPage) == 0) return kNoMemory;
  return run(vm) ? "" : "the vCPU does not run";
}

// ---- running --------------------------------------------------------------------------------------------------------

bool PkvmMachine::run(const cpu::Vm& vm) {
  return ask(vm.asid, HostCall::kVcpuRun, {.x1 = guests_[vm.name].host_vcpu}).ok();
}

std::optional<memory::Translation> PkvmMachine::translate(const cpu::Vm& vm, std::uint64_t gpa, bool) {
  const auto theirs = vm.nested.translate(gpa);
  const auto phys = el2_->translate(vm.asid, gpa, theirs ? std::optional(theirs->spa) : std::nullopt);
  if (!phys) return std::nullopt;
  const Vm* mine = el2_->vm_on(vm.asid);
  const bool writable = mine && (mine->page(gpa).prot & pkvmproto::kProtW) != 0;
  return memory::Translation{.spa = *phys, .writable = writable, .size = memory::PageSize::k4K};
}

void PkvmMachine::leave(cpu::Vm& vm, base::View registers) { el2_->save(vm.asid, registers); }

trust::Result<base::Bytes> PkvmMachine::enter(cpu::Vm& vm, std::size_t count) {
  if (!run(vm)) return trust::Refusal{&kRunRules[0].defence};
  return el2_->load(vm.asid, count);
}

bool PkvmMachine::resume(cpu::Vm& vm, const cpu::Exit& answer) {
  const bool served = answer.code != pkvmproto::kExitDataAbort || answer.rax == 0;
  return run(vm) && served;
}

// ---- the end --------------------------------------------------------------------------------------------------------

void PkvmMachine::retire(cpu::Vm& vm) {
  el2_->exit_to_host(vm.asid);
  auto known = guests_.extract(vm.name);
  if (!known) return;
  const Guest& guest = known.mapped();
  (void)ask(vm.asid, HostCall::kVcpuPut, {});
  if (!ask(vm.asid, HostCall::kStartTeardownVm, {.x1 = guest.handle}).ok()) return;
  // What EL2 does not give back, the host never uses again.
  for (const auto& [gpa, page] : vm.nested.small_pages()) {
    const auto back = guest.has_protection
                          ? ask(vm.asid, HostCall::kReclaimDyingGuestPage, {.x1 = guest.handle, .x2 = gpa / kPage})
                          : ask(vm.asid, HostCall::kUnshareGuest, {.x1 = guest.handle, .x2 = gpa / kPage, .x3 = 1});
    if (back.ok() || !guest.given.contains(gpa)) host_.give_back(page.spa);
  }
  if (!ask(vm.asid, HostCall::kFinalizeTeardownVm, {.x1 = guest.handle}).ok()) return;
  for (const std::uint64_t page : guest.structs) host_.give_back(page);
  for (const std::uint64_t page : {guest.host_kvm, guest.host_vcpu})
    if (ask(vm.asid, HostCall::kUnshareHyp, {.x1 = page / kPage}).ok()) host_.give_back(page);
}

const Vm* PkvmMachine::of(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? nullptr : el2_->vm(guest->second.handle);
}

}  // namespace pkvm
