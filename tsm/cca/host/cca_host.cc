// What the host does for a realm that runs: its exits, its pages, and calls by name.
#include <algorithm>

#include "platform/protocol/cca/rsi.h"
#include "tsm/cca/host/cca_machine.h"

namespace cca {
namespace {

using ccaproto::ExitReason;

constexpr std::uint64_t kPage = ccaproto::kGranule;
constexpr std::uint64_t kPageLevel = ccaproto::kRttPageLevel;

std::string refused(Rmi call, const CallResult& result) {
  return std::string(ccaproto::name_of(call)) + ": " + std::string(ccaproto::name_of(result.status()));
}

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

cpu::Exit exit_of(const RecExit& exit) {
  cpu::Exit out{.code = static_cast<std::uint64_t>(exit.reason)};
  switch (exit.reason) {
    case ExitReason::kSync: out.info1 = exit.esr, out.info2 = exit.hpfar << 8; break;
    case ExitReason::kRipasChange: out.info1 = exit.ripas_base, out.info2 = exit.ripas_top, out.rax = exit.ripas_value; break;
    case ExitReason::kHostCall:
      out.info1 = exit.imm, out.rax = exit.gprs[0], out.rbx = exit.gprs[1], out.rcx = exit.gprs[2], out.rdx = exit.gprs[3];
      break;
    case ExitReason::kPsci: out.info1 = exit.gprs[0], out.rax = exit.gprs[1], out.rbx = exit.gprs[2], out.rcx = exit.gprs[3]; break;
    case ExitReason::kVdevRequest: out.info1 = exit.vdev_id_1; break;
    case ExitReason::kDevMemMap: out.info1 = exit.dev_mem_base, out.info2 = exit.dev_mem_top, out.rax = exit.dev_mem_pa, out.rbx = exit.vdev_id_1; break;
    default: break;
  }
  return out;
}

std::string object_of(const cpu::Exit& exit) {
  switch (static_cast<ExitReason>(exit.code)) {
    case ExitReason::kSync: return "DATA_ABORT";
    case ExitReason::kPsci: return "PSCI";
    case ExitReason::kRipasChange: return "RIPAS_CHANGE";
    case ExitReason::kHostCall: return "HOST_CALL";
    case ExitReason::kVdevRequest: return "VDEV_REQUEST";
    case ExitReason::kDevMemMap: return "DEV_MEM_MAP";
    default: return "EXIT";
  }
}

cpu::Exit CcaMachine::handle(cpu::Vm& vm, const cpu::Exit& exit) {
  switch (static_cast<ExitReason>(exit.code)) {
    case ExitReason::kSync: data_abort(vm, exit.info2); break;
    case ExitReason::kRipasChange: ripas_change(vm, exit.info1, exit.info2, exit.rax); break;
    case ExitReason::kHostCall: return host_call(vm, exit);
    case ExitReason::kVdevRequest: vdev_request(vm, exit.info1); break;
    case ExitReason::kDevMemMap: return {.code = exit.code, .info1 = map_device(vm, exit) ? 0 : ccaproto::kEnterDevMemReject};
    default: break;
  }
  return {.code = exit.code};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

std::uint64_t CcaMachine::unprotected(const cpu::Vm& vm, std::uint64_t gpa) const {
  const Realm* mine = realm(vm);
  return gpa | (mine ? mine->rtt.unprotected_bit() : 0);
}

void CcaMachine::data_abort(cpu::Vm& vm, std::uint64_t ipa) {
  const Realm* mine = realm(vm);
  if (!mine) return;
  Guest& guest = guests_[vm.name];
  const std::uint64_t bit = mine->rtt.unprotected_bit();
  const std::uint64_t page = page_of(ipa & ~bit);
  if (!vm.space.contains(page, kPage)) return;
  if (ipa & bit) {
    // The other half of a page that is the realm's: the realm has to say that it wants it so.
    if (!guest.owned.contains(page)) map_shared(vm, guest, page);
    return;
  }
  const auto entry = ask(vm.asid, Rmi::kRttReadEntry, {.x1 = guest.rd, .x2 = page, .x3 = kPageLevel});
  if (entry.ok() && entry.out.x2 != static_cast<std::uint64_t>(Hipas::kAssigned)) (void)populate(vm, page);
}

void CcaMachine::map_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa) {
  const std::uint64_t page = host_.back(vm, gpa);
  if (page == 0 || !add_tables(vm, guest, unprotected(vm, gpa)).empty()) return;
  if (guest.mapped.contains(gpa))
    (void)ask(vm.asid, Rmi::kRttUnmapUnprotected, {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = kPageLevel});
  const std::uint64_t desc = page | ccaproto::kUnprotectedWriteBack | ccaproto::kUnprotectedReadWrite;
  if (ask(vm.asid, Rmi::kRttMapUnprotected, {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = kPageLevel, .x4 = desc}).ok())
    guest.mapped.insert(gpa);
}

void CcaMachine::unmap_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa) {
  if (guest.mapped.erase(gpa))
    (void)ask(vm.asid, Rmi::kRttUnmapUnprotected, {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = kPageLevel});
}

// The realm's wish is carried out first, so that no page is taken away that it still expects.
void CcaMachine::ripas_change(cpu::Vm& vm, std::uint64_t base, std::uint64_t top, std::uint64_t value) {
  const bool of_device = value == static_cast<std::uint64_t>(Ripas::kEmpty) && base >= rmm_->settings().device_base && top <= rmm_->settings().device_top;
  if (!realm(vm) || base % kPage != 0 || top % kPage != 0 || base >= top || !(of_device || vm.space.contains(base, top - base))) return;
  Guest& guest = guests_[vm.name];
  for (std::uint64_t at = base; at < top;) {
    if (!add_tables(vm, guest, at).empty()) return;
    const auto result = ask(vm.asid, Rmi::kRttSetRipas, {.x1 = guest.rd, .x2 = guest.rec, .x3 = at, .x4 = top});
    if (!result.ok() || result.out.x1 <= at) return;
    for (std::uint64_t page = at; page < result.out.x1; page += kPage) {
      if (value == static_cast<std::uint64_t>(Ripas::kEmpty) && guest.owned.contains(page)) (void)destroy(vm, page);
      // What the host has there already becomes the realm's; else a page comes at the first access.
      if (value != static_cast<std::uint64_t>(Ripas::kRam) || guest.owned.contains(page)) continue;
      unmap_shared(vm, guest, page);
      if (vm.nested.translate(page)) (void)populate(vm, page);
    }
    at = result.out.x1;
  }
}

std::string CcaMachine::populate(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  const std::uint64_t at = page_of(gpa);
  if (const auto why = add_tables(vm, guest, at); !why.empty()) return why;
  const auto there = vm.nested.translate(at);
  const bool own = there && !guest.granules.contains(there->spa);  // a page of the host's lies there already
  const std::uint64_t page = own && delegate(vm, guest, there->spa) ? there->spa : fresh_granule(vm, guest);
  if (page == 0) return "the host is out of memory";
  const Registers in{.x1 = guest.rd, .x2 = page, .x3 = at};
  const auto result = ask(vm.asid, Rmi::kDataCreateUnknown, in);
  if (!result.ok()) {
    if (own) vm.nested.unmap(at);  // a page is given back once it is nowhere
    undelegate(vm, guest, page);
    return refused(Rmi::kDataCreateUnknown, result);
  }
  note_call(vm, guest, Rmi::kDataCreateUnknown, in, result.out);
  return "";
}

std::string CcaMachine::destroy(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  const Registers in{.x1 = guest.rd, .x2 = page_of(gpa)};
  const auto result = ask(vm.asid, Rmi::kDataDestroy, in);
  if (!result.ok()) return refused(Rmi::kDataDestroy, result);
  note_call(vm, guest, Rmi::kDataDestroy, in, result.out);
  vm.nested.unmap(in.x2);
  undelegate(vm, guest, result.out.x1);
  return "";
}

std::string CcaMachine::kick(cpu::Vm& vm) {
  const Rec* rec = rmm_->rec_on(vm.asid);
  if (!rec || !rec->running) return "";
  rmm_->exit_to_host(vm.asid, {.reason = ExitReason::kIrq});
  const auto entered = enter_on(vm);
  return entered.ok() ? "" : refused(Rmi::kRecEnter, entered);
}

// What the host's own tables say after a call that moved a page.
void CcaMachine::note_call(cpu::Vm& vm, Guest& guest, Rmi call, const Registers& in, const Registers& out) {
  switch (call) {
    case Rmi::kDataCreate:
    case Rmi::kDataCreateUnknown:
      guest.granules.insert(in.x2);
      guest.owned.insert(in.x3);
      vm.nested.map(in.x3, in.x2, true);
      break;
    case Rmi::kDataDestroy: guest.owned.erase(in.x2); break;
    case Rmi::kGranuleDelegate: guest.granules.insert(in.x1); break;
    case Rmi::kGranuleUndelegate: guest.granules.erase(in.x1); break;
    case Rmi::kRttDestroy:
    case Rmi::kRttFold: guest.tables.erase({static_cast<int>(in.x3), in.x2}); break;
    default: break;
  }
  (void)out;
}

// ---- calls by name --------------------------------------------------------------------------------------------------

std::optional<base::Bytes> CcaMachine::call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) {
  const auto arg = [&](const char* key, std::uint64_t otherwise = 0) {
    const auto found = args.find(key);
    return found == args.end() ? otherwise : found->second;
  };
  if (name == "IPI") return kick(vm).empty() ? std::optional(base::Bytes{}) : std::nullopt;
  const auto command = ccaproto::rmi_named(name);
  const auto known = guests_.find(vm.name);
  if (!command || known == guests_.end()) return std::nullopt;
  Guest& guest = known->second;
  const std::uint64_t level = arg("level", kPageLevel), gpa = arg("gpa");
  // Where no other page is named, one that was just delegated.
  const auto granule = [&] {
    const auto own = vm.nested.translate(gpa);
    const bool other = args.contains("spa") && arg("spa") != 0 && !(own && own->spa == arg("spa"));
    return other ? arg("spa") : fresh_granule(vm, guest);
  };
  Registers in;
  const auto devices = device_operands(vm, *command, args);
  if (devices) before_device_call(vm, *command, in = *devices);
  else switch (*command) {
    case Rmi::kVersion: in = {.x1 = arg("flags", ccaproto::kInterface10)}; break;
    case Rmi::kGranuleDelegate:
    case Rmi::kGranuleUndelegate: in = {.x1 = arg("spa")}; break;
    case Rmi::kDataCreate: in = {.x1 = guest.rd, .x2 = granule(), .x3 = gpa, .x4 = arg("source"), .x5 = arg("flags", 1)}; break;
    case Rmi::kDataCreateUnknown: in = {.x1 = guest.rd, .x2 = granule(), .x3 = gpa}; break;
    case Rmi::kRttCreate: in = {.x1 = guest.rd, .x2 = granule(), .x3 = gpa, .x4 = level}; break;
    case Rmi::kRttMapUnprotected:
      in = {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = level,
            .x4 = arg("spa") | ccaproto::kUnprotectedWriteBack | ccaproto::kUnprotectedReadWrite};
      break;
    case Rmi::kRttUnmapUnprotected: in = {.x1 = guest.rd, .x2 = unprotected(vm, gpa), .x3 = level}; break;
    case Rmi::kRttInitRipas: in = {.x1 = guest.rd, .x2 = gpa, .x3 = arg("top", gpa + kPage)}; break;
    case Rmi::kRttSetRipas: in = {.x1 = guest.rd, .x2 = guest.rec, .x3 = gpa, .x4 = arg("top", gpa + kPage)}; break;
    case Rmi::kRecDestroy: in = {.x1 = guest.rec}; break;
    case Rmi::kRecEnter: in = {.x1 = guest.rec, .x2 = arg("run", guest.run)}; break;
    default: in = {.x1 = guest.rd, .x2 = gpa, .x3 = level}; break;
  }
  // What a running REC stands in the way of, the host does between an exit of its making and the next entry.
  const Rec* rec = rmm_->rec_on(vm.asid);
  const bool between = *command == Rmi::kRttSetRipas && rec && rec->running;
  if (between) rmm_->exit_to_host(vm.asid, {.reason = ExitReason::kIrq});
  const auto result = ask(vm.asid, *command, in);
  if (between) (void)enter_on(vm);
  if (!result.ok()) return std::nullopt;
  if (devices) after_device_call(*command, in, result.out);
  note_call(vm, guest, *command, in, result.out);
  return wire::encode(result.out);
}

}  // namespace cca
