#include "tsm/cca/host/cca_machine.h"

#include "platform/protocol/cca/gic.h"

#include <algorithm>

#include "tsm/cca/rmm_rules.h"

namespace cca {
namespace {

using Kind = cpu::LaunchPage::Kind;

constexpr std::uint64_t kPage = ccaproto::kGranule;
constexpr const char* kNoMemory = "the host is out of memory";

std::string refused(Rmi call, const CallResult& result) {
  return std::string(ccaproto::name_of(call)) + ": " + std::string(ccaproto::name_of(result.status()));
}

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

bool is_built(const cpu::LaunchPage& page) {
  return page.kind == Kind::kMeasured || page.kind == Kind::kZero || page.kind == Kind::kUnmeasured;
}

}  // namespace

ccaproto::RealmParams realm_params(const RealmShape& shape) {
  return {.flags = shape.devices ? ccaproto::kRealmDa : 0,
          .s2sz = shape.s2sz,
          .num_bps = 5,
          .num_wps = 3,
          .hash_algo = shape.algorithm,
          .rtt_level_start = static_cast<std::uint64_t>(shape.start_level),
          .rtt_num_start = 1};
}
ccaproto::RecParams rec_params() { return {.flags = ccaproto::kRecRunnable, .num_aux = kRecAuxGranules}; }

Measurement expected_rim(const RealmShape& shape, const std::vector<cpu::LaunchPage>& pages) {
  ccaproto::Rim rim(realm_params(shape));
  for (const auto& page : pages) {
    if (!is_built(page)) continue;
    base::Bytes content = page.bytes;
    content.resize(kPage);
    rim.add_ripas(page.gpa, page.gpa + kPage);
    rim.add_data(page.gpa, page.kind == Kind::kMeasured ? ccaproto::kMeasureContent : 0, content);
  }
  rim.add_rec(rec_params());
  return rim.value();
}

CcaMachine::CcaMachine(const RmmSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls, trust::Defences& defences,
                       std::uint64_t seed)
    : host_(host), calls_(calls), rmm_(std::make_unique<Rmm>(settings, host.memory(), defences, seed)) {}

CcaMachine::~CcaMachine() = default;

CallResult CcaMachine::ask(std::uint32_t pe, Rmi call, Registers in) {
  static const wire::Schema kSchema = wire::schema_of<Registers>("cca.SMC");
  in.x0 = static_cast<std::uint64_t>(call);
  const auto arrived = calls_.cross({.object = std::string(ccaproto::name_of(call)), .bytes = wire::encode(in), .schema = &kSchema});
  const auto asked = wire::decode<Registers>(arrived ? arrived->bytes : base::Bytes{});
  // What never arrives has no effect, and the rest of the host goes on as after an error.
  if (!asked) return {{.x0 = ccaproto::with(RmiStatus::kErrorInput)}, std::nullopt};
  return rmm_->rmi(pe, *asked);
}

std::string CcaMachine::boot() {
  if (const auto result = ask(0, Rmi::kVersion, {.x1 = ccaproto::kInterface10}); !result.ok()) return refused(Rmi::kVersion, result);
  const auto features = ask(0, Rmi::kFeatures, {.x1 = 0});
  if (!features.ok()) return refused(Rmi::kFeatures, features);
  return shape_.s2sz <= (features.out.x1 & ccaproto::kFeatureS2szMask) ? "" : "the RMM has no realms of so many address bits";
}

// ---- launch ---------------------------------------------------------------------------------------------------------

std::string CcaMachine::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  Guest& guest = guests_[vm.name];
  guest = {};
  if (const auto why = create(vm, guest, launch); !why.empty()) return why;
  for (const auto& page : launch.pages)
    if (is_built(page))
      if (const auto why = add_page(vm, guest, page); !why.empty()) return why;
  if (const auto why = create_rec(vm, guest); !why.empty()) return why;
  if (const auto result = ask(vm.asid, Rmi::kRealmActivate, {.x1 = guest.rd}); !result.ok()) return refused(Rmi::kRealmActivate, result);
  const auto entered = enter_on(vm);
  return entered.ok() ? "" : refused(Rmi::kRecEnter, entered);
}

bool CcaMachine::delegate(const cpu::Vm& vm, Guest& guest, std::uint64_t page) {
  if (!ask(vm.asid, Rmi::kGranuleDelegate, {.x1 = page}).ok()) return false;
  guest.granules.insert(page);
  return true;
}

std::uint64_t CcaMachine::fresh_granule(const cpu::Vm& vm, Guest& guest) {
  const std::uint64_t page = host_.take_page();
  return page != 0 && delegate(vm, guest, page) ? page : 0;
}

std::string CcaMachine::create(cpu::Vm& vm, Guest& guest, const cpu::Launch& launch) {
  guest.rd = fresh_granule(vm, guest);
  const std::uint64_t tables = fresh_granule(vm, guest);
  guest.run = host_.take_page();
  const std::uint64_t buffer = host_.take_page();
  if (guest.rd == 0 || tables == 0 || guest.run == 0 || buffer == 0) return kNoMemory;
  auto params = realm_params(shape_);
  std::copy(launch.host_data.begin(), launch.host_data.end(), params.rpv.begin());
  params.vmid = static_cast<std::uint16_t>(vm.asid);
  params.rtt_base = tables;
  (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(params));
  const auto result = ask(vm.asid, Rmi::kRealmCreate, {.x1 = guest.rd, .x2 = buffer});
  host_.give_back(buffer);
  if (!result.ok()) return refused(Rmi::kRealmCreate, result);
  // The key with which this VM's private accesses are made is the processor's affair: it goes by what the RMM set up.
  if (const Realm* made = rmm_->realm(guest.rd)) vm.key = made->key;
  return "";
}

std::string CcaMachine::create_rec(cpu::Vm& vm, Guest& guest) {
  const auto count = ask(vm.asid, Rmi::kRecAuxCount, {.x1 = guest.rd});
  if (!count.ok()) return refused(Rmi::kRecAuxCount, count);
  auto params = rec_params();
  params.num_aux = std::min<std::uint64_t>(count.out.x1, params.aux.size());
  for (std::uint64_t i = 0; i < params.num_aux; ++i)
    if ((params.aux[i] = fresh_granule(vm, guest)) == 0) return kNoMemory;
  guest.rec = fresh_granule(vm, guest);
  const std::uint64_t buffer = host_.take_page();
  if (guest.rec == 0 || buffer == 0) return kNoMemory;
  (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(params));
  const auto result = ask(vm.asid, Rmi::kRecCreate, {.x1 = guest.rd, .x2 = guest.rec, .x3 = buffer});
  host_.give_back(buffer);
  if (!result.ok()) return refused(Rmi::kRecCreate, result);
  vm.save_area = guest.rec;
  vm.registers_at = kRegistersAt;
  return "";
}

std::string CcaMachine::add_tables(const cpu::Vm& vm, Guest& guest, std::uint64_t ipa) {
  for (int level = shape_.start_level + 1; level <= ccaproto::kRttPageLevel; ++level) {
    const std::uint64_t first = ipa & ~(ccaproto::rtt_entry_bytes(level - 1) - 1);
    if (guest.tables.contains({level, first})) continue;
    const std::uint64_t granule = fresh_granule(vm, guest);
    if (granule == 0) return kNoMemory;
    const auto result =
        ask(vm.asid, Rmi::kRttCreate, {.x1 = guest.rd, .x2 = granule, .x3 = first, .x4 = static_cast<std::uint64_t>(level)});
    if (!result.ok()) return refused(Rmi::kRttCreate, result);
    guest.tables.insert({level, first});
  }
  return "";
}

std::string CcaMachine::add_page(cpu::Vm& vm, Guest& guest, const cpu::LaunchPage& page) {
  if (const auto why = add_tables(vm, guest, page.gpa); !why.empty()) return why;
  auto result = ask(vm.asid, Rmi::kRttInitRipas, {.x1 = guest.rd, .x2 = page.gpa, .x3 = page.gpa + kPage});
  if (!result.ok()) return refused(Rmi::kRttInitRipas, result);
  const std::uint64_t target = host_.back(vm, page.gpa), source = host_.take_page();
  if (target == 0 || source == 0) return kNoMemory;
  base::Bytes content = page.bytes;
  content.resize(kPage);
  (void)host_.memory().write(memory::KeyId::kNone, source, content);
  if (!delegate(vm, guest, target)) return "RMI_GRANULE_DELEGATE: RMI_ERROR_INPUT";
  result = ask(vm.asid, Rmi::kDataCreate,
               {.x1 = guest.rd, .x2 = target, .x3 = page.gpa, .x4 = source, .x5 = page.kind == Kind::kMeasured ? ccaproto::kMeasureContent : 0});
  host_.give_back(source);
  if (!result.ok()) return refused(Rmi::kDataCreate, result);
  guest.owned.insert(page.gpa);
  return "";
}

// ---- the end --------------------------------------------------------------------------------------------------------

void CcaMachine::undelegate(const cpu::Vm& vm, Guest& guest, std::uint64_t granule) {
  if (!ask(vm.asid, Rmi::kGranuleUndelegate, {.x1 = granule}).ok()) return;
  guest.granules.erase(granule);
  host_.give_back(granule);
}

void CcaMachine::retire(cpu::Vm& vm) {
  rmm_->exit_to_host(vm.asid, {.reason = ccaproto::ExitReason::kIrq});
  const auto known = guests_.find(vm.name);
  if (known == guests_.end()) return;
  Guest& guest = known->second;
  give_back_devices(vm);
  (void)ask(vm.asid, Rmi::kRecDestroy, {.x1 = guest.rec});
  const auto owned = guest.owned, mapped = guest.mapped;
  for (const std::uint64_t gpa : owned) (void)ask(vm.asid, Rmi::kDataDestroy, {.x1 = guest.rd, .x2 = gpa});
  for (const std::uint64_t gpa : mapped)
    (void)ask(vm.asid, Rmi::kRttUnmapUnprotected, {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = ccaproto::kRttPageLevel});
  for (auto table = guest.tables.rbegin(); table != guest.tables.rend(); ++table)
    (void)ask(vm.asid, Rmi::kRttDestroy, {.x1 = guest.rd, .x2 = table->second, .x3 = static_cast<std::uint64_t>(table->first)});
  (void)ask(vm.asid, Rmi::kRealmDestroy, {.x1 = guest.rd});
  // What the RMM does not give back, the host never uses again.
  const auto granules = guest.granules;
  for (const std::uint64_t granule : granules) undelegate(vm, guest, granule);
  host_.give_back(guest.run);
  for (const auto& [gpa, page] : vm.nested.small_pages())
    if (!owned.contains(gpa) && !granules.contains(page.spa)) host_.give_back(page.spa);
  guests_.erase(known);
}

// ---- the processor --------------------------------------------------------------------------------------------------

std::optional<memory::Translation> CcaMachine::translate(const cpu::Vm& vm, std::uint64_t gpa, bool is_private) {
  const auto theirs = vm.nested.translate(gpa);
  if (!guests_.contains(vm.name)) return theirs;
  const auto pa = rmm_->translate(vm.asid, gpa, is_private, theirs ? std::optional(theirs->spa) : std::nullopt);
  if (!pa) return std::nullopt;
  return memory::Translation{.spa = *pa, .writable = true, .size = memory::PageSize::k4K};
}

Fault CcaMachine::fault(const cpu::Vm& vm, std::uint64_t gpa, bool write) {
  return rmm_->fault(vm.asid, gpa, vm.space.is_private(gpa), write);
}

// The host's word about the last exit goes where the RMM reads it.
CallResult CcaMachine::enter_on(const cpu::Vm& vm, const RecEnter& enter) {
  const Guest& guest = guests_[vm.name];
  if (guest.run != 0) (void)host_.memory().write(memory::KeyId::kNone, guest.run, wire::encode(enter));
  return ask(vm.asid, Rmi::kRecEnter, {.x1 = guest.rec, .x2 = guest.run});
}

void CcaMachine::leave(cpu::Vm& vm, base::View registers) { rmm_->save(vm.asid, registers); }

trust::Result<base::Bytes> CcaMachine::enter(cpu::Vm& vm, std::size_t count) {
  const auto entered = enter_on(vm);
  if (!entered.ok()) return entered.refusal.value_or(trust::Refusal{&kRealmRuns});
  return rmm_->load(vm.asid, count);
}

trust::Result<cpu::Delivered> CcaMachine::deliver(cpu::Vm& vm, const cpu::Event& event) {
  const bool exception = event.type == cpu::EventType::kException;
  RecEnter enter;
  if (exception) enter.flags = ccaproto::kEnterInjectSea;
  else enter.gicv3_lrs[0] = ccaproto::kLrPending | ccaproto::kLrGroup1 | event.vector;
  rmm_->exit_to_host(vm.asid, {.reason = ccaproto::ExitReason::kIrq});
  if (const auto entered = enter_on(vm, enter); !entered.ok()) {
    (void)enter_on(vm);
    return entered.refusal.value_or(trust::Refusal{&kRealmRuns});
  }
  const bool there = exception ? rmm_->take_injected_abort(vm.asid) : rmm_->take_interrupts(vm.asid).contains(event.vector);
  if (!there) return trust::Refusal{&kRealmRuns};
  return cpu::Delivered{};
}

CcaMachine::Resumed CcaMachine::resume(cpu::Vm& vm, const cpu::Exit& answer) {
  RecEnter enter{.flags = answer.info1};
  enter.gprs[0] = answer.rax, enter.gprs[1] = answer.rbx, enter.gprs[2] = answer.rcx, enter.gprs[3] = answer.rdx;
  if (!enter_on(vm, enter).ok()) return {};
  return {.entered = true, .answer = rmm_->resumed(vm.asid), .aborted = rmm_->take_injected_abort(vm.asid)};
}

std::uint32_t CcaMachine::accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) {
  const std::uint64_t base = page_of(gpa);
  const auto left = rsi(vm, {.x0 = static_cast<std::uint64_t>(Rsi::kIpaStateSet),
                             .x1 = base,
                             .x2 = base + kPage,
                             .x3 = static_cast<std::uint64_t>(accepted ? Ripas::kRam : Ripas::kEmpty),
                             .x4 = ccaproto::kChangeDestroyed});
  if (!left.exit) return static_cast<std::uint32_t>(left.out.x0);
  const auto resumed = resume(vm, handle(vm, exit_of(*left.exit)));
  const bool done = resumed.answer && resumed.answer->x1 == base + kPage && resumed.answer->x2 == ccaproto::kResponseAccept;
  return static_cast<std::uint32_t>(done ? RsiStatus::kSuccess : RsiStatus::kErrorState);
}

const Realm* CcaMachine::realm(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? nullptr : rmm_->realm(guest->second.rd);
}

bool CcaMachine::owned(const cpu::Vm& vm, std::uint64_t gpa) const {
  const auto guest = guests_.find(vm.name);
  return guest != guests_.end() && guest->second.owned.contains(page_of(gpa));
}

}  // namespace cca
