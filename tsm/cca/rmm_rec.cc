// vCPUs of realms: how they are made, entered and left.
#include "platform/protocol/cca/gic.h"
#include "tsm/cca/rmi_steps.h"
#include "tsm/cca/rmm.h"
#include "tsm/cca/rmm_rules.h"

namespace cca {
namespace {

using ccaproto::Psci;

constexpr std::uint64_t call(Psci function) { return static_cast<std::uint64_t>(function); }

}  // namespace

Rec* Rmm::on(std::uint32_t pe) {
  const auto current = current_.find(pe);
  if (current == current_.end()) return nullptr;
  const auto found = recs_.find(current->second);
  return found == recs_.end() ? nullptr : &found->second;
}
Realm* Rmm::realm_of(const Rec& rec) {
  const auto found = realms_.find(rec.rd);
  return found == realms_.end() ? nullptr : &found->second;
}

CallResult Rmm::rec_create(Realm& realm, std::uint64_t address, const ccaproto::RecParams& params) {
  Rec& made = recs_[address];
  made = {};
  made.rec = address, made.rd = realm.rd, made.mpidr = params.mpidr;
  made.runnable = params.flags & ccaproto::kRecRunnable;
  granules_.use(address, GranuleState::kRec, realm.rd);
  for (std::uint64_t i = 0; i < params.num_aux; ++i) {
    made.aux.push_back(params.aux[i]);
    granules_.use(params.aux[i], GranuleState::kRecAux, realm.rd);
  }
  ++realm.rec_count, ++realm.recs;
  if (made.runnable) realm.rim.add_rec(params);
  return done();
}

void Rmm::rec_destroy(Rec& rec) {
  for (const std::uint64_t aux : rec.aux) release(aux);
  if (Realm* realm = realm_of(rec)) --realm->recs;
  std::erase_if(current_, [&](const auto& entry) { return entry.second == rec.rec; });
  const std::uint64_t address = rec.rec;
  release(address);
  recs_.erase(address);
}

// What the host says in RmiRecEnter reaches exactly what the realm left open: its host call, its request, its access to a device.
CallResult Rmm::rec_enter(std::uint32_t pe, Rec& rec, std::uint64_t run, const RecEnter& enter) {
  if (rec.ripas.pending()) {
    const bool rejected = rec.ripas.value == Ripas::kRam && rec.ripas.next != rec.ripas.top && (enter.flags & ccaproto::kEnterRipasReject);
    rec.answer = Registers{.x1 = rec.ripas.next, .x2 = rejected ? ccaproto::kResponseReject : ccaproto::kResponseAccept};
    rec.ripas = {};
  }
  if (rec.vdev_request) finish_vdev_request(rec);
  answer_dev_mem(rec, enter.flags);
  if (rec.host_call) {
    ccaproto::HostCall back;
    back.gprs = enter.gprs;
    const Realm& mine = *realm_of(rec);
    base::Bytes bytes = wire::encode(back);
    // The immediate stays as the realm wrote it.
    bytes.erase(bytes.begin(), bytes.begin() + 8);
    (void)copy_operand(mine, {}, *rec.host_call + 8, {}, bytes);
    rec.answer = Registers{};
    rec.host_call.reset();
  }
  rec.injected_sea = enter.flags & ccaproto::kEnterInjectSea;
  rec.emulatable_abort = false;
  for (const std::uint64_t lr : enter.gicv3_lrs)
    if ((lr & ccaproto::kLrPending) != 0) rec.pending.insert(static_cast<std::uint32_t>(lr & ccaproto::kLrIntidMask));
  rec.running = true;
  rec.pe = pe;
  rec.run = run;
  current_[pe] = rec.rec;
  return done();
}

void Rmm::exit_to_host(std::uint32_t pe, const RecExit& exit) {
  Rec* rec = on(pe);
  if (!rec || !rec->running) return;
  rec->running = false;
  (void)memory_.write(memory::KeyId::kNone, rec->run + ccaproto::kRecExitAt, wire::encode(exit));
}

std::optional<Registers> Rmm::resumed(std::uint32_t pe) {
  Rec* rec = on(pe);
  return rec ? std::exchange(rec->answer, std::nullopt) : std::nullopt;
}

bool Rmm::take_injected_abort(std::uint32_t pe) {
  Rec* rec = on(pe);
  return rec && std::exchange(rec->injected_sea, false);
}

std::set<std::uint32_t> Rmm::take_interrupts(std::uint32_t pe) {
  Rec* rec = on(pe);
  return rec ? std::exchange(rec->pending, {}) : std::set<std::uint32_t>{};
}

void Rmm::save(std::uint32_t pe, base::View registers) {
  Rec* rec = on(pe);
  if (!rec) return;
  (void)memory_.write(own_key(), rec->rec + kRegistersAt, registers);
  rec->running = false;
}

trust::Result<base::Bytes> Rmm::load(std::uint32_t pe, std::size_t count) {
  base::Bytes registers(count);
  const Rec* rec = rec_on(pe);
  if (!rec) return trust::Refusal{&kKind};
  (void)memory_.read(own_key(), rec->rec + kRegistersAt, registers);
  return registers;
}

// ---- PSCI -----------------------------------------------------------------------------------------------------------

RsiResult Rmm::psci(Realm& realm, Rec& rec, const Registers& in) {
  const auto answer = [](std::uint64_t x0) { return RsiResult{.out = {.x0 = x0}}; };
  RecExit exit{.reason = ccaproto::ExitReason::kPsci};
  exit.gprs[0] = in.x0, exit.gprs[1] = in.x1, exit.gprs[2] = in.x2, exit.gprs[3] = in.x3;
  switch (static_cast<Psci>(in.x0)) {
    case Psci::kVersion: return answer(ccaproto::kPsciVersion11);
    case Psci::kFeatures:
      switch (static_cast<Psci>(in.x1)) {
        case Psci::kVersion:
        case Psci::kCpuOff:
        case Psci::kSystemOff:
        case Psci::kSystemReset:
        case Psci::kFeatures:
        case Psci::kCpuSuspend:
        case Psci::kCpuOn:
        case Psci::kAffinityInfo: return answer(ccaproto::kPsciSuccess);
        default: return answer(ccaproto::kPsciNotSupported);
      }
    case Psci::kSystemOff:
    case Psci::kSystemReset: realm.state = RealmState::kSystemOff; return {.out = in, .exit = exit};
    case Psci::kCpuOff: rec.runnable = false; return {.out = in, .exit = exit};
    case Psci::kCpuSuspend: rec.answer = Registers{}; return {.out = in, .exit = exit};
    // The realm's own vCPUs, by number; one that asks of itself needs no host. X2: where it starts, or the affinity level.
    case Psci::kCpuOn:
    case Psci::kAffinityInfo:
      if (in.x0 == call(Psci::kCpuOn) && !realm.rtt.is_protected(in.x2)) return answer(ccaproto::kPsciInvalidAddress);
      if (in.x0 == call(Psci::kAffinityInfo) && in.x2 != 0) return answer(ccaproto::kPsciInvalidParameters);
      if (in.x1 >= realm.rec_count) return answer(ccaproto::kPsciInvalidParameters);
      if (in.x1 == rec.mpidr) return answer(in.x0 == call(Psci::kCpuOn) ? ccaproto::kPsciAlreadyOn : ccaproto::kPsciSuccess);
      rec.psci = in;
      return {.out = in, .exit = exit};
    default: return answer(ccaproto::kPsciNotSupported);
  }
}

CallResult Rmm::psci_complete(const Registers& in) {
  Rec& calling = recs_.at(in.x1);
  Rec& target = recs_.at(in.x2);
  const Registers asked = *std::exchange(calling.psci, std::nullopt);
  std::uint64_t answer = in.x3;
  if (asked.x0 == call(Psci::kAffinityInfo)) answer = target.runnable ? 0 : 1;
  else if (answer == ccaproto::kPsciSuccess && target.runnable) answer = ccaproto::kPsciAlreadyOn;
  else if (answer == ccaproto::kPsciSuccess) target.runnable = true;
  calling.answer = Registers{.x0 = answer};
  return done();
}

}  // namespace cca
