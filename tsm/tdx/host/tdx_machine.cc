#include "tsm/tdx/host/tdx_machine.h"

#include <algorithm>

#include "tsm/tdx/module_rules.h"

namespace tdx {
namespace {

using Kind = cpu::LaunchPage::Kind;

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kExtendBytes = 256;
constexpr const char* kNoMemory = "the host is out of memory";

std::string refused(Seamcall leaf, const CallResult& result) {
  return std::string(tdxproto::name_of(leaf)) + ": " + std::string(tdxproto::name_of(result.status()));
}

std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

TdxMachine::TdxMachine(const ModuleSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences,
                       std::uint64_t seed)
    : host_(host), calls_(calls), settings_(settings), module_(std::make_unique<Module>(settings, host.memory(), defences, seed)) {
  for (std::uint32_t i = 1; i < settings.hkid_count; ++i) hkids_free_.insert(settings.hkid_first + i);
}

TdxMachine::~TdxMachine() = default;

CallResult TdxMachine::ask(std::uint32_t lp, Seamcall leaf, Registers in) {
  static const wire::Schema kSchema = wire::schema_of<Registers>("tdx.SEAMCALL");
  in.rax = static_cast<std::uint64_t>(leaf);
  const auto arrived =
      calls_.cross({.object = std::string(tdxproto::name_of(leaf)), .bytes = wire::encode(in), .schema = &kSchema});
  const auto call = wire::decode<Registers>(arrived ? arrived->bytes : base::Bytes{});
  // What never arrives looks to the rest of the host like a module that is busy.
  if (!call) return {{.rax = static_cast<std::uint64_t>(Status::kOperandBusy)}, std::nullopt};
  return module_->seamcall(lp, *call);
}

std::string TdxMachine::boot() {
  using S = Seamcall;
  for (const auto leaf : {S::kSysInit, S::kSysLpInit, S::kSysConfig, S::kSysKeyConfig, S::kSysTdmrInit})
    for (std::uint32_t package = 0; package < (leaf == S::kSysKeyConfig ? packages() : 1); ++package)
      if (const auto result = ask(package, leaf, {}); !result.ok()) return refused(leaf, result);
  return "";
}

// ---- launch ---------------------------------------------------------------------------------------------------------

std::string TdxMachine::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  Guest& guest = guests_[vm.name];
  guest = {};
  if (const auto why = create(vm, guest, launch); !why.empty()) return why;
  if (const auto why = create_vcpu(vm, guest); !why.empty()) return why;
  for (const auto& page : launch.pages) {
    if (page.kind == Kind::kSecrets || page.kind == Kind::kCpuid || page.kind == Kind::kSaveArea) continue;
    if (const auto why = add_page(vm, guest, page); !why.empty()) return why;
  }
  if (const auto result = ask(vm.asid, Seamcall::kMrFinalize, {.rcx = guest.tdr}); !result.ok())
    return refused(Seamcall::kMrFinalize, result);
  const auto entered = enter_on(vm);
  return entered.ok() ? "" : refused(Seamcall::kVpEnter, entered);
}

std::string TdxMachine::create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch) {
  if (hkids_free_.empty()) return "the host has no private key id left";
  const std::uint32_t hkid = *hkids_free_.begin();
  guest.tdr = host_.take_page();
  if (guest.tdr == 0) return kNoMemory;
  auto result = ask(vm.asid, Seamcall::kMngCreate, {.rcx = guest.tdr, .rdx = hkid});
  if (!result.ok()) return refused(Seamcall::kMngCreate, result);
  hkids_free_.erase(hkid);
  for (std::uint32_t package = 0; package < packages(); ++package) {
    result = ask(package, Seamcall::kMngKeyConfig, {.rcx = guest.tdr});
    if (!result.ok()) return refused(Seamcall::kMngKeyConfig, result);
  }
  for (unsigned i = 0; i < kTdcxPages; ++i) {
    const std::uint64_t page = host_.take_page();
    if (page == 0) return kNoMemory;
    result = ask(vm.asid, Seamcall::kMngAddcx, {.rcx = page, .rdx = guest.tdr});
    if (!result.ok()) return refused(Seamcall::kMngAddcx, result);
    guest.pages.insert(page);
  }
  auto params = params_;
  if (settings_.connect) params.config_flags |= tdxproto::kConfigTdxConnect;
  if (launch.debug) params.attributes |= tdxproto::kAttributeDebug;
  std::copy(launch.host_data.begin(), launch.host_data.end(), params.mrconfigid.begin());
  const std::uint64_t buffer = host_.take_page();
  if (buffer == 0) return kNoMemory;
  (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(params));
  result = ask(vm.asid, Seamcall::kMngInit, {.rcx = guest.tdr, .rdx = buffer});
  host_.give_back(buffer);
  if (!result.ok()) return refused(Seamcall::kMngInit, result);
  // The key with which this VM's private accesses are made is the processor's affair: it goes by what the module set up.
  if (const Td* made = module_->td(guest.tdr)) vm.key = key_of(made->hkid);
  return "";
}

std::string TdxMachine::create_vcpu(cpu::Vm& vm, Guest& guest) {
  guest.tdvpr = host_.take_page();
  if (guest.tdvpr == 0) return kNoMemory;
  auto result = ask(vm.asid, Seamcall::kVpCreate, {.rcx = guest.tdvpr, .rdx = guest.tdr});
  if (!result.ok()) return refused(Seamcall::kVpCreate, result);
  guest.pages.insert(guest.tdvpr);
  for (unsigned i = 1; i < kTdvpsPages; ++i) {
    const std::uint64_t page = host_.take_page();
    if (page == 0) return kNoMemory;
    result = ask(vm.asid, Seamcall::kVpAddcx, {.rcx = page, .rdx = guest.tdvpr});
    if (!result.ok()) return refused(Seamcall::kVpAddcx, result);
    guest.pages.insert(page);
  }
  result = ask(vm.asid, Seamcall::kVpInit, {.rcx = guest.tdvpr});
  if (!result.ok()) return refused(Seamcall::kVpInit, result);
  vm.save_area = guest.tdvpr;
  vm.registers_at = kRegistersAt;
  return "";
}

std::string TdxMachine::add_tables(const cpu::Vm& vm, Guest& guest, std::uint64_t gpa) {
  for (unsigned level = kSeptTopLevel; level >= 1; --level) {
    const std::uint64_t first = gpa & ~(tdxproto::bytes_of_level(level) - 1);
    if (guest.tables.contains({level, first})) continue;
    const std::uint64_t page = host_.take_page();
    if (page == 0) return kNoMemory;
    const auto result =
        ask(vm.asid, Seamcall::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(first, level), .rdx = guest.tdr, .r8 = page});
    if (!result.ok()) return refused(Seamcall::kMemSeptAdd, result);
    guest.tables.insert({level, first});
    guest.pages.insert(page);
  }
  return "";
}

std::string TdxMachine::add_page(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page) {
  if (const auto why = add_tables(vm, guest, page.gpa); !why.empty()) return why;
  const std::uint64_t target = host_.back(vm, page.gpa), source = host_.take_page();
  if (target == 0 || source == 0) return kNoMemory;
  base::Bytes content = page.bytes;
  content.resize(kPage);
  (void)host_.memory().write(memory::KeyId::kNone, source, content);
  auto result = ask(vm.asid, Seamcall::kMemPageAdd, {.rcx = page.gpa, .rdx = guest.tdr, .r8 = target, .r9 = source});
  host_.give_back(source);
  if (!result.ok()) return refused(Seamcall::kMemPageAdd, result);
  guest.pages.insert(target);
  guest.owned.insert(page.gpa);
  if (page.kind != Kind::kMeasured) return "";
  for (std::uint64_t at = page.gpa; at < page.gpa + kPage; at += kExtendBytes) {
    result = ask(vm.asid, Seamcall::kMrExtend, {.rcx = at, .rdx = guest.tdr});
    if (!result.ok()) return refused(Seamcall::kMrExtend, result);
  }
  return "";
}

// ---- the end --------------------------------------------------------------------------------------------------------

void TdxMachine::retire(cpu::Vm& vm) {
  module_->exit_to_host(vm.asid);
  release_devices(vm);
  auto known = guests_.extract(vm.name);
  if (!known) return;
  const Guest& guest = known.mapped();
  const Td* made = module_->td(guest.tdr);
  const std::uint32_t hkid = made ? made->hkid : 0;
  (void)ask(vm.asid, Seamcall::kVpFlush, {.rcx = guest.tdvpr});
  (void)ask(vm.asid, Seamcall::kMngVpflushdone, {.rcx = guest.tdr});
  for (std::uint32_t package = 0; package < host_.sockets_written_back(); ++package) (void)ask(package, Seamcall::kPhymemCacheWb, {});
  if (ask(vm.asid, Seamcall::kMngKeyFreeid, {.rcx = guest.tdr}).ok() && hkid != 0) hkids_free_.insert(hkid);
  // What the module does not give back, the host never uses again.
  const auto reclaim = [&](std::uint64_t page) {
    if (ask(vm.asid, Seamcall::kPhymemPageReclaim, {.rcx = page}).ok()) host_.give_back(page);
  };
  for (const std::uint64_t page : guest.pages) reclaim(page);
  reclaim(guest.tdr);
  for (const auto& [gpa, page] : vm.nested.small_pages())
    if (!guest.owned.contains(gpa)) host_.give_back(page.spa);
}

// ---- the processor --------------------------------------------------------------------------------------------------

std::optional<memory::Translation> TdxMachine::translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) {
  const auto theirs = vm.nested.translate(gpa);
  const auto guest = guests_.find(vm.name);
  if (guest == guests_.end()) return theirs;
  if (!is_private) return guest->second.owned.contains(page_of(gpa)) ? std::nullopt : theirs;
  const auto hpa = module_->translate(vm.asid, gpa, theirs ? std::optional(theirs->spa) : std::nullopt);
  if (!hpa) return std::nullopt;
  return memory::Translation{.spa = *hpa, .writable = true, .size = memory::PageSize::k4K};
}

Fault TdxMachine::fault(const cpu::Vm& vm, std::uint64_t gpa, bool write, bool machine_check) {
  if (machine_check || vm.space.is_private(gpa)) return module_->fault(vm.asid, gpa, write, machine_check);
  const Td* mine = td(vm);
  module_->exit_to_host(vm.asid);
  return {Fault::Seen::kTdExit,
          {.reason = tdxproto::kExitEptViolation,
           .qualification = write ? tdxproto::kEptWrite : tdxproto::kEptRead,
           .extended = tdxproto::kEeqNone,
           .gpa = page_of(gpa) | (mine ? mine->shared_bit() : 0),
           .shown = {}}};
}

CallResult TdxMachine::enter_on(const cpu::Vm& vm, Registers in) {
  in.rcx = guests_[vm.name].tdvpr;
  return ask(vm.asid, Seamcall::kVpEnter, in);
}

void TdxMachine::leave(cpu::Vm& vm, base::View registers) { module_->save(vm.asid, registers); }

trust::Result<base::Bytes> TdxMachine::enter(cpu::Vm& vm, std::size_t count) {
  const auto entered = enter_on(vm);
  if (!entered.ok()) return entered.refusal.value_or(trust::Refusal{&kEnterRules[0].defence});
  return module_->load(vm.asid, count);
}

TdxMachine::Resumed TdxMachine::resume(cpu::Vm& vm, const cpu::Exit& answer) {
  const Registers back{.r10 = answer.info2, .r11 = answer.info1, .r12 = answer.rax, .r13 = answer.rbx, .r14 = answer.rcx, .r15 = answer.rdx};
  if (guests_[vm.name].stopped || !enter_on(vm, back).ok()) return {};
  return {true, module_->resumed(vm.asid)};
}

std::uint32_t TdxMachine::accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) {
  if (!accepted) return 0;  // a TD gives a page up by asking the host, not by an instruction
  const auto result =
      module_->tdcall(vm.asid, {.rax = static_cast<std::uint64_t>(tdxproto::Tdcall::kMemPageAccept), .rcx = page_of(gpa)});
  if (!result.exit) return static_cast<std::uint32_t>(result.out.rax >> 32);
  (void)enter_on(vm);
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(Status::kEptWalkFailed) >> 32);
}

const Td* TdxMachine::td(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? nullptr : module_->td(guest->second.tdr);
}

std::optional<std::uint64_t> TdxMachine::fatal_error(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? std::nullopt : guest->second.fatal_error;
}

}  // namespace tdx
