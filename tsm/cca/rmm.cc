#include "tsm/cca/rmm.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "tsm/cca/da_rules.h"
#include "tsm/cca/rmi_steps.h"
#include "tsm/cca/rmm_rules.h"

namespace cca {
namespace {

constexpr std::uint64_t kPage = ccaproto::kGranule;

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

// What lies in the host's memory is read once. What is not the host's reads as zeroes; the rows say what becomes of the call.
DaOperands read_operands(const Rmm& rmm, Rmi call, const Registers& in) {
  DaOperands out;
  const auto read = [&](std::uint64_t pa) { return rmm.host_page(pa).value_or(base::Bytes(kPage)); };
  const auto enter = [&](std::uint64_t pa) { return *wire::decode<ccaproto::DevCommEnter>(base::View(read(pa)).first(ccaproto::kCommExitAt)); };
  switch (call) {
    case Rmi::kPdevCreate: out.pdev = *wire::decode<ccaproto::PdevParams>(read(in.x2)); break;
    case Rmi::kPdevSetPubkey: out.key = *wire::decode<ccaproto::PublicKeyParams>(read(in.x2)); break;
    case Rmi::kPdevStreamConnect: out.stream = *wire::decode<ccaproto::PdevStreamParams>(read(in.x1)); break;
    case Rmi::kVdevCreate: out.vdev = *wire::decode<ccaproto::VdevParams>(read(in.x4)); break;
    case Rmi::kPdevCommunicate: out.comm = enter(in.x2); break;
    case Rmi::kVdevCommunicate: out.comm = enter(in.x4); break;
    default: break;
  }
  return out;
}

}  // namespace

Rmm::Rmm(const RmmSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed, std::string name,
         std::string at)
    : settings_(settings), memory_(memory), defences_(defences), seed_(seed), name_(std::move(name)), at_(std::move(at)) {
  granules_.cover(settings.memory_bytes);
  if (settings.device_assignment) granules_.cover_device(settings.device_base, settings.device_top);
  memory_.set_key(own_key(), fresh_key());
}

memory::KeyBytes Rmm::fresh_key() {
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed_);
  base::append_le<std::uint64_t>(from, keys_made_++);
  const auto bytes = crypto::hkdf_sha256(from, base::view_of(name_), base::view_of("memory encryption context"), 32);
  memory::KeyBytes key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::optional<base::Bytes> Rmm::host_page(std::uint64_t pa) const {
  base::Bytes page(kPage);
  if (pa % kPage != 0 || !granules_.covers(pa) || !memory_.read(memory::KeyId::kNone, pa, page)) return std::nullopt;
  return page;
}

CallResult Rmm::rmi(std::uint32_t pe, const Registers& in) {
  const Command* command = command_of(in.x0);
  const Command* device = command || !settings_.device_assignment ? nullptr : da_command_of(in.x0);
  if (device) command = device;
  if (!command) return done({.x0 = ccaproto::kSmcNotSupported});
  RmiCase c{*this, in};
  const auto read = [&](std::uint64_t pa) { return host_page(pa).value_or(base::Bytes(kPage)); };
  if (command->call == Rmi::kRealmCreate) c.realm_params = *wire::decode<ccaproto::RealmParams>(read(in.x2));
  if (command->call == Rmi::kRecCreate) c.rec_params = *wire::decode<ccaproto::RecParams>(read(in.x3));
  if (command->call == Rmi::kRecEnter) c.enter = *wire::decode<RecEnter>(base::View(read(in.x2)).first(ccaproto::kRecExitAt));
  if (device) c.da = read_operands(*this, command->call, in);
  for (const Step& step : command->steps) {
    if (step.holds(c)) continue;
    if (auto no = defences_.refuse_unless(*step.row, false, name_)) {
      Registers out{.x0 = ccaproto::with(step.status, step.index ? step.index(c) : 0)};
      if (step.row == &kVdevUnmapped) out.x1 = *mapped_of(vdevs_.at(in.x3));  // which granule stands in the way
      return {out, no};
    }
  }
  return device ? da_call(command->call, in, c.da) : carry_out(pe, command->call, c);
}

// The object that a call names is there: rows that are not lifted have asked.
CallResult Rmm::carry_out(std::uint32_t pe, Rmi call, const RmiCase& c) {
  const Registers& in = c.in;
  switch (call) {
    // One interface, whatever the host asks for; where that is another one, it is told so.
    case Rmi::kVersion: {
      const std::uint64_t highest = settings_.device_assignment ? ccaproto::kInterface11 : ccaproto::kInterface10;
      const bool known = in.x1 == ccaproto::kInterface10 || in.x1 == highest;
      return {{.x0 = ccaproto::with(known ? RmiStatus::kSuccess : RmiStatus::kErrorInput), .x1 = known ? in.x1 : highest, .x2 = highest}, std::nullopt};
    }
    case Rmi::kFeatures: return done({.x1 = feature_register(in.x1)});
    case Rmi::kGranuleDelegate: delegate(in.x1); return done();
    case Rmi::kGranuleUndelegate: undelegate(in.x1); return done();
    case Rmi::kRealmCreate: return realm_create(in.x1, *c.realm_params);
    case Rmi::kPsciComplete: return psci_complete(in);
    case Rmi::kRecDestroy: rec_destroy(recs_.at(in.x1)); return done();
    case Rmi::kRecEnter: return rec_enter(pe, recs_.at(in.x1), in.x2, *c.enter);
    default: break;
  }
  Realm& realm = realms_.at(in.x1);
  switch (call) {
    case Rmi::kRealmActivate: realm.state = RealmState::kActive; return done();
    case Rmi::kRealmDestroy: realm_destroy(realm); return done();
    case Rmi::kRecAuxCount: return done({.x1 = kRecAuxGranules});
    case Rmi::kRecCreate: return rec_create(realm, in.x2, *c.rec_params);
    case Rmi::kRttCreate: return rtt_create(realm, in);
    case Rmi::kRttDestroy: return rtt_destroy(realm, in);
    case Rmi::kRttFold: return rtt_fold(realm, in);
    case Rmi::kRttReadEntry: return rtt_read_entry(realm, in);
    case Rmi::kRttMapUnprotected: return rtt_map_unprotected(realm, in);
    case Rmi::kRttUnmapUnprotected: return rtt_unmap_unprotected(realm, in);
    case Rmi::kDataCreate: return data_create(realm, in);
    case Rmi::kDataCreateUnknown: return data_create_unknown(realm, in);
    case Rmi::kDataDestroy: return data_destroy(realm, in.x2);
    case Rmi::kRttInitRipas: return rtt_init_ripas(realm, in);
    default: return rtt_set_ripas(realm, in);
  }
}

std::uint64_t Rmm::feature_register(std::uint64_t index) const {
  if (index == 2 && settings_.device_assignment) return ccaproto::kFeatureDa | ccaproto::kFeatureDaAts;
  if (index != 0) return 0;
  return settings_.ipa_bits_max | ccaproto::feature_breakpoints(5) | ccaproto::feature_watchpoints(3) | ccaproto::kFeatureHashSha256 |
         ccaproto::kFeatureHashSha512;
}

// ---- granules -------------------------------------------------------------------------------------------------------

// The monitor moves the granule to the realm address space, and the RMM clears it.
void Rmm::delegate(std::uint64_t pa) {
  granules_.set(pa, {GranuleState::kDelegated, Gpi::kRealm, 0});
  if (granules_.covers(pa)) (void)memory_.write(own_key(), pa, base::Bytes(kPage));
}
void Rmm::undelegate(std::uint64_t pa) { granules_.set(pa, Granule{}); }

void Rmm::release(std::uint64_t pa) {
  (void)memory_.write(own_key(), pa, base::Bytes(kPage));
  granules_.use(pa, GranuleState::kDelegated, 0);
}

// ---- realms ---------------------------------------------------------------------------------------------------------

// The number of a context means nothing; the lowest that is free is taken.
memory::KeyId Rmm::context_for(const Realm&) {
  std::uint32_t id = settings_.context_first + 1;
  if (settings_.contexts == EncryptionContexts::kPrivate)
    while (contexts_.contains(id)) ++id;
  contexts_.insert(id);
  if (settings_.contexts == EncryptionContexts::kPrivate || !memory_.has_key(memory::KeyId{id})) memory_.set_key(memory::KeyId{id}, fresh_key());
  return memory::KeyId{id};
}

CallResult Rmm::realm_create(std::uint64_t rd, const ccaproto::RealmParams& params) {
  Realm realm;
  realm.rd = rd;
  realm.algorithm = params.hash_algo;
  realm.rpv = params.rpv;
  realm.devices = params.flags & ccaproto::kRealmDa;
  realm.vmid = params.vmid;
  realm.key = context_for(realm);
  realm.rim = ccaproto::Rim(params);
  std::vector<std::uint64_t> tables;
  for (std::uint32_t i = 0; i < params.rtt_num_start; ++i) {
    tables.push_back(params.rtt_base + i * kPage);
    granules_.use(tables.back(), GranuleState::kRtt, realm.rd);
  }
  realm.rtt = Rtt(params.s2sz, static_cast<int>(params.rtt_level_start), tables);
  granules_.use(realm.rd, GranuleState::kRd, realm.rd);
  vmids_.insert(realm.vmid);
  realms_[realm.rd] = std::move(realm);
  return done();
}

void Rmm::realm_destroy(Realm& realm) {
  for (const std::uint64_t table : realm.rtt.start_granules()) release(table);
  vmids_.erase(realm.vmid);
  if (settings_.contexts == EncryptionContexts::kPrivate) {
    contexts_.erase(static_cast<std::uint32_t>(realm.key));
    memory_.drop_key(realm.key);
  }
  const std::uint64_t rd = realm.rd;
  release(rd);
  realms_.erase(rd);
}

// ---- the processor --------------------------------------------------------------------------------------------------

trust::Result<> Rmm::check(const memory::Access& access) {
  const bool in_realm_space = granules_.at(access.spa).gpi == Gpi::kRealm;
  const Rec* rec = access.who == memory::Access::Who::kGuest ? rec_on(access.asid) : nullptr;
  if (rec && access.private_page) {
    if (auto no = defences_.refuse_unless(kRealmOnly, in_realm_space, at_)) return *no;
    return access.by_device ? check_device(access, *rec) : trust::ok();
  }
  if (auto no = defences_.refuse_unless(kRealmPas, !in_realm_space, at_)) return *no;
  return trust::ok();
}

std::optional<std::uint64_t> Rmm::translate(std::uint32_t pe, std::uint64_t gpa, bool is_protected, std::optional<std::uint64_t> host_says) {
  const Rec* rec = rec_on(pe);
  const Realm* mine = rec ? realm(rec->rd) : nullptr;
  if (!mine) return host_says;
  const std::uint64_t page = page_of(gpa);
  const Rtt& rtt = mine->rtt;
  if (!rtt.is_protected(page)) return std::nullopt;
  const auto [level, entry] = rtt.walk(is_protected ? page : page | rtt.unprotected_bit(), ccaproto::kRttPageLevel);
  if (entry.hipas != Hipas::kAssigned) return std::nullopt;
  const std::uint64_t truth = entry.pa + page % ccaproto::rtt_entry_bytes(level);
  if (!is_protected) {
    // The host has another page in mind by now: it is asked.
    if (host_says && page_of(*host_says) != truth) return std::nullopt;
    return truth + gpa % kPage;
  }
  if (entry.ripas == Ripas::kEmpty) return std::nullopt;
  if (entry.ripas == Ripas::kDestroyed && defences_.refuse_unless(kRipasDestroyed, false, at_)) return std::nullopt;
  const bool agree = !host_says || page_of(*host_says) == truth;
  if (!defences_.refuse_unless(kRttOwner, agree, at_) && !agree) return host_says;
  return truth + gpa % kPage;
}

Fault Rmm::fault(std::uint32_t pe, std::uint64_t gpa, bool is_protected, bool write) {
  Rec* rec = on(pe);
  Realm* mine = rec ? realm_of(*rec) : nullptr;
  if (!mine || mine->state != RealmState::kActive) return {Fault::Seen::kDead, {}};
  const std::uint64_t page = page_of(gpa);
  if (!mine->rtt.is_protected(page)) return {Fault::Seen::kSea, {}};
  const std::uint64_t ipa = is_protected ? page : page | mine->rtt.unprotected_bit();
  const auto entry = mine->rtt.walk(ipa, ccaproto::kRttPageLevel).entry;
  if (is_protected && entry.ripas == Ripas::kEmpty) return {Fault::Seen::kSea, {}};
  // The host learns which page, and of its own half also what was done there.
  RecExit exit{.reason = ccaproto::ExitReason::kSync,
               .esr = ccaproto::kEsrDataAbort | ccaproto::kEsrTranslationFault3 | (write && !is_protected ? ccaproto::kEsrWrite : 0),
               .hpfar = ipa >> 8};
  rec->emulatable_abort = !is_protected;
  exit_to_host(pe, exit);
  return {Fault::Seen::kRealmExit, exit};
}

// ---- ground truth ---------------------------------------------------------------------------------------------------

const Realm* Rmm::realm(std::uint64_t rd) const {
  const auto found = realms_.find(rd);
  return found == realms_.end() ? nullptr : &found->second;
}
const Rec* Rmm::rec(std::uint64_t address) const {
  const auto found = recs_.find(address);
  return found == recs_.end() ? nullptr : &found->second;
}
const Rec* Rmm::rec_on(std::uint32_t pe) const {
  const auto current = current_.find(pe);
  return current == current_.end() ? nullptr : rec(current->second);
}

std::vector<const trust::Defence*> rmm_defences() {
  return {&kAddress,      &kOperand,     &kHostGranule, &kUndelegated, &kDelegated,      &kUnused,    &kKind,         &kParams,
          &kAlias,        &kVmid,        &kRealmNew,    &kRealmNotLive, &kRealmRuns,     &kRecIdentity, &kRecAux,    &kRecIdle,
          &kRecRunnable,  &kRecPsci,     &kRecAbort,    &kRecGic,      &kIpa,         &kWalk,           &kEntryFree, &kEntryState,   &kTableEmpty,
          &kTableFolds,   &kRipasRequested, &kRipasRec, &kRipasAligned, &kRealmPas,      &kRealmOnly, &kRttOwner,     &kRipasDestroyed,
          &kPdevParams,   &kPdevState,   &kPdevKey,     &kComm,        &kCommDue,        &kStreamParams, &kStreamHandle, &kRealmDa,
          &kVdevParams,   &kVdevRanges,  &kVdevOwner,   &kVdevState,   &kVdevUnmapped,   &kVdevAsked, &kVdevIdentity, &kVdevNonces,
          &kVdevStarted,  &kDevRange,    &kDevGranule,  &kDevRequested, &kDevPlace,      &kDptOwner,  &kSmmuStage2};
}

}  // namespace cca
