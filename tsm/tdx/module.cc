#include "tsm/tdx/module.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "tsm/tdx/connect.h"
#include "tsm/tdx/module_rules.h"
#include "tsm/tdx/rule_check.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

memory::Settings memory_settings(memory::Settings base, IntegrityMode mode, const trust::Defences& defences) {
  const bool mac = mode == IntegrityMode::kCryptographic && !defences.lifted(kMac);
  const bool owner = mode != IntegrityMode::kNone && !defences.lifted(kOwnerBit);
  base.integrity = mac ? memory::Integrity::kMac : owner ? memory::Integrity::kOwnerBit : memory::Integrity::kNone;
  base.ciphertext_hiding = true;
  base.hidden_fill = 0;
  return base;
}

Module::Module(const ModuleSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed,
               std::string name, std::string at)
    : settings_(settings), memory_(memory), defences_(defences), seed_(seed), name_(std::move(name)), at_(std::move(at)) {
  if (settings.connect) connect_ = std::make_unique<Connect>(*this);
}

Module::~Module() = default;

CallResult Module::seamcall(std::uint32_t lp, const Registers& in) {
  return dispatch(lp, static_cast<Seamcall>(in.rax), in);
}

CallResult Module::dispatch(std::uint32_t lp, Seamcall leaf, const Registers& in) {
  using S = Seamcall;
  switch (leaf) {
    case S::kSysInit:
    case S::kSysLpInit:
    case S::kSysConfig:
    case S::kSysKeyConfig:
    case S::kSysTdmrInit: return system_call(lp, leaf);
    default: break;
  }
  if (sys_ != SysState::kReady) return status(static_cast<std::uint64_t>(Status::kSysNotReady));
  if (connect_ && Connect::is_call(leaf)) return connect_->call(leaf, in);
  switch (leaf) {
    case S::kMngCreate: return mng_create(in);
    case S::kMngKeyConfig: return mng_key_config(lp, in);
    case S::kMngAddcx: return mng_addcx(in);
    case S::kMngInit: return mng_init(in);
    case S::kMngVpflushdone: return mng_vpflushdone(in);
    case S::kMngKeyFreeid: return mng_key_freeid(in);
    case S::kMngKeyReclaimid: return done();  // of older interfaces: nothing is left for it to do
    case S::kPhymemCacheWb: return phymem_cache_wb(lp, in);
    case S::kPhymemPageReclaim: return phymem_page_reclaim(in);
    case S::kPhymemPageRdmd: return phymem_page_rdmd(in);
    case S::kMrExtend: return mr_extend(in);
    case S::kMrFinalize: return mr_finalize(in);
    case S::kMemSeptAdd: return mem_sept_add(in);
    case S::kMemSeptRemove: return mem_sept_remove(in);
    case S::kMemSeptRd: return mem_sept_rd(in);
    case S::kMemPageAdd: return mem_page_add(in);
    case S::kMemPageAug: return mem_page_aug(in);
    case S::kMemRangeBlock: return mem_range_block(in);
    case S::kMemRangeUnblock: return mem_range_unblock(in);
    case S::kMemTrack: return mem_track(in);
    case S::kMemPageRemove: return mem_page_remove(in);
    case S::kMemPageRelocate: return mem_page_relocate(in);
    case S::kMemRd:
    case S::kMemWr: return mem_rd_wr(leaf, in);
    case S::kVpCreate: return vp_create(in);
    case S::kVpAddcx: return vp_addcx(in);
    case S::kVpInit: return vp_init(lp, in);
    case S::kVpEnter: return vp_enter(lp, in);
    case S::kVpFlush: return vp_flush(lp, in);
    case S::kVpRd:
    case S::kVpWr: return vp_rd_wr(leaf, in);
    default: return status(tdxproto::with(Status::kOperandInvalid, Operand::kRax));
  }
}

// ---- the module's own life ------------------------------------------------------------------------------------------

// simplified: all logical processors are initialised together, and there is one TDMR.
CallResult Module::system_call(std::uint32_t lp, Seamcall leaf) {
  const auto step = [&](SysState from, SysState to, Status otherwise) {
    if (sys_ != from) return status(static_cast<std::uint64_t>(otherwise));
    sys_ = to;
    return done();
  };
  switch (leaf) {
    case Seamcall::kSysInit: return step(SysState::kInitPending, SysState::kInitDone, Status::kSysInitNotPending);
    case Seamcall::kSysLpInit:
      if (sys_ > SysState::kInitDone) return status(static_cast<std::uint64_t>(Status::kSysLpInitDone));
      return step(SysState::kInitDone, SysState::kLpInitDone, Status::kSysNotReady);
    case Seamcall::kSysConfig:
      if (sys_ < SysState::kLpInitDone) return status(static_cast<std::uint64_t>(Status::kSysLpInitNotDone));
      return step(SysState::kLpInitDone, SysState::kConfigDone, Status::kSysConfigNotPending);
    case Seamcall::kSysKeyConfig: {
      if (sys_ != SysState::kConfigDone) return status(static_cast<std::uint64_t>(Status::kSysKeyConfigNotPending));
      const std::uint32_t mine = std::uint32_t{1} << package_of(lp);
      if (packages_with_key_ & mine) return status(static_cast<std::uint64_t>(Status::kKeyConfigured));
      if (packages_with_key_ == 0) memory_.set_key(key_of(settings_.hkid_first), fresh_key());
      packages_with_key_ |= mine;
      if (packages_with_key_ == all_packages()) sys_ = SysState::kReady;
      return done();
    }
    default:
      if (sys_ != SysState::kReady) return status(static_cast<std::uint64_t>(Status::kSysNotReady));
      pamt_.cover(0, settings_.memory_bytes);
      return done();
  }
}

memory::KeyBytes Module::fresh_key() {
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed_);
  base::append_le<std::uint64_t>(from, keys_made_++);
  const auto bytes = crypto::hkdf_sha256(from, base::view_of(name_), base::view_of("private key"), 32);
  memory::KeyBytes key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

// ---- TDs and their keys ---------------------------------------------------------------------------------------------

Module::Target Module::find_td(std::uint64_t tdr, Operand operand) {
  const auto found = tds_.find(tdr);
  if (found == tds_.end()) return {nullptr, status(tdxproto::with(Status::kPageMetadataIncorrect, operand))};
  return {&found->second, {}};
}

Module::Target Module::find_td_for(Seamcall leaf, std::uint64_t tdr, Operand operand) {
  Target target = find_td(tdr, operand);
  if (!target.td) return target;
  if (auto no = first_failure<TdCase>(kTdRules, {*target.td, leaf})) return {nullptr, *no};
  return target;
}

// Gives a page to the module for that TD, its contents aside.
std::optional<CallResult> Module::take_page(Td& td, std::uint64_t hpa, PageType type, Operand operand) {
  if (hpa % kPage != 0) return status(tdxproto::with(Status::kOperandInvalid, operand));
  if (!pamt_.covers(hpa)) return status(tdxproto::with(Status::kOperandAddrRangeError, operand));
  if (auto no = first_failure<PageCase>(kPageRules, {pamt_.entry(hpa).type}, static_cast<std::uint32_t>(operand))) return no;
  pamt_.give(hpa, type, td.tdr);
  ++td.children;
  // Control pages are cleared by direct writes under the TD's key; what enters a guest page is its call's affair.
  if (type != PageType::kReg) (void)memory_.write(key_of(td.hkid), hpa, base::Bytes(kPage));
  return std::nullopt;
}

CallResult Module::mng_create(const Registers& in) {
  const auto hkid = static_cast<std::uint32_t>(in.rdx);
  const bool is_private = in.rdx <= UINT32_MAX && is_hkid(hkid);
  if (auto no = first_failure<HkidCase>(kHkidRules, {is_private, true})) return *no;
  if (in.rcx % kPage != 0) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  if (!pamt_.covers(in.rcx)) return status(tdxproto::with(Status::kOperandAddrRangeError, Operand::kRcx));
  if (auto no = first_failure<PageCase>(kPageRules, {pamt_.entry(in.rcx).type}, static_cast<std::uint32_t>(Operand::kRcx))) return *no;
  KeySlot& slot = keys_[hkid];
  if (auto no = first_failure<HkidCase>(kHkidRules, {true, slot.state == KeyState::kFree})) return *no;
  slot.state = KeyState::kAssigned;
  pamt_.give(in.rcx, PageType::kTdr, 0);
  (void)memory_.write(key_of(settings_.hkid_first), in.rcx, base::Bytes(kPage));
  Td& td = tds_[in.rcx];
  td = {};
  td.tdr = in.rcx, td.hkid = hkid;
  return done();
}

CallResult Module::mng_key_config(std::uint32_t lp, const Registers& in) {
  const Target target = find_td(in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  if (target.td->fatal) return status(static_cast<std::uint64_t>(Status::kTdFatal));
  if (auto no = first_failure<LifecycleCase>(kLifecycleRules, {*target.td, Seamcall::kMngKeyConfig})) return *no;
  Td& td = *target.td;
  const std::uint32_t mine = std::uint32_t{1} << package_of(lp);
  if (td.packages_with_key & mine) return status(static_cast<std::uint64_t>(Status::kKeyConfigured));
  if (td.packages_with_key == 0) memory_.set_key(key_of(td.hkid), fresh_key());
  td.packages_with_key |= mine;
  if (td.packages_with_key == all_packages()) td.lifecycle = Lifecycle::kKeysConfigured;
  return done();
}

CallResult Module::mng_addcx(const Registers& in) {
  const Target target = find_td_for(Seamcall::kMngAddcx, in.rdx, Operand::kRdx);
  if (!target.td) return target.no;
  if (target.td->tdcx_pages == kTdcxPages) return status(static_cast<std::uint64_t>(Status::kTdcxNumIncorrect));
  if (auto no = take_page(*target.td, in.rcx, PageType::kTdcx, Operand::kRcx)) return *no;
  ++target.td->tdcx_pages;
  return done();
}

// TD_PARAMS lies in the host's memory and is copied once.
CallResult Module::mng_init(const Registers& in) {
  const Target target = find_td_for(Seamcall::kMngInit, in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  base::Bytes bytes(tdxproto::kTdParamsSize);
  if (in.rdx % tdxproto::kTdParamsSize != 0 || !memory_.read(memory::KeyId::kNone, in.rdx, bytes))
    return status(tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  const auto params = wire::decode<tdxproto::TdParams>(bytes);
  if (!params) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  if ((params->config_flags & tdxproto::kConfigTdxConnect) != 0 && !connect_)
    return status(tdxproto::with(Status::kOperandInvalid, Operand::kExecControls));
  for (const auto& rule : kParamsRules)
    if (auto no = defences_.refuse_unless(rule.defence, rule.holds(*params), name_))
      return status(tdxproto::with(Status::kOperandInvalid, rule.operand), no);
  Td& td = *target.td;
  td.info = {.attributes = params->attributes, .xfam = params->xfam};
  td.info.mr_config_id = params->mrconfigid;
  td.info.mr_owner = params->mrowner;
  td.info.mr_owner_config = params->mrownerconfig;
  td.max_vcpus = params->max_vcpus;
  td.config_flags = params->config_flags;
  td.op_state = OpState::kInitialized;
  return done();
}

CallResult Module::mng_vpflushdone(const Registers& in) {
  const Target target = find_td(in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  const bool has_devices = connect_ && connect_->has_interfaces(in.rcx);
  if (auto no = first_failure<LifecycleCase>(kLifecycleRules, {*target.td, Seamcall::kMngVpflushdone, false, has_devices})) return *no;
  keys_[target.td->hkid] = {KeyState::kFlushed, all_packages()};
  target.td->lifecycle = Lifecycle::kBlocked;
  return done();
}

// Of the package that the call is made on. simplified: never interrupted, so that nothing is resumed (RCX).
CallResult Module::phymem_cache_wb(std::uint32_t lp, const Registers& in) {
  if (in.rcx > 1) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  if (in.rcx == 1) return status(static_cast<std::uint64_t>(Status::kWbcacheResumeError));
  if (std::none_of(keys_.begin(), keys_.end(), [](const auto& key) { return key.second.state == KeyState::kFlushed; }))
    return status(static_cast<std::uint64_t>(Status::kNoHkidReadyToWbcache));
  memory_.write_back_socket(package_of(lp));
  for (auto& [hkid, slot] : keys_)
    if (slot.state == KeyState::kFlushed) slot.write_back_pending &= ~(std::uint32_t{1} << package_of(lp));
  return done();
}

CallResult Module::mng_key_freeid(const Registers& in) {
  const Target target = find_td(in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  KeySlot& slot = keys_[target.td->hkid];
  if (auto no = first_failure<LifecycleCase>(kLifecycleRules, {*target.td, Seamcall::kMngKeyFreeid, slot.write_back_pending != 0})) return *no;
  slot = {};
  memory_.drop_key(key_of(target.td->hkid));
  target.td->lifecycle = Lifecycle::kTeardown;
  return done();
}

CallResult Module::phymem_page_reclaim(const Registers& in) {
  if (in.rcx % kPage != 0) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  const PamtEntry entry = pamt_.entry(in.rcx);
  const std::uint64_t tdr = entry.type == PageType::kTdr ? in.rcx : entry.owner;
  const auto td = tds_.find(tdr);
  const bool known = td != tds_.end();
  const ReclaimCase c{entry.type, known && td->second.lifecycle == Lifecycle::kTeardown, known ? td->second.children : 0};
  if (auto no = first_failure<ReclaimCase>(kReclaimRules, c)) return *no;
  pamt_.free(in.rcx);
  if (entry.type == PageType::kTdvpr) vcpus_.erase(in.rcx);
  if (entry.type == PageType::kTdr) tds_.erase(tdr);
  else if (known) --td->second.children;
  return done({.rcx = static_cast<std::uint64_t>(entry.type), .rdx = entry.owner});
}

CallResult Module::phymem_page_rdmd(const Registers& in) {
  if (in.rcx % kPage != 0) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  const PamtEntry entry = pamt_.entry(in.rcx);
  return done({.rcx = static_cast<std::uint64_t>(entry.type), .rdx = entry.owner, .r9 = entry.bepoch});
}

// ---- measurement ----------------------------------------------------------------------------------------------------

// 256 bytes of a page that was added, under their address. MRTD covers the addresses that were added, and content only where it is extended.
CallResult Module::mr_extend(const Registers& in) {
  const Target target = find_td_for(Seamcall::kMrExtend, in.rdx, Operand::kRdx);
  if (!target.td) return target.no;
  Td& td = *target.td;
  if (in.rcx % 256 != 0 || in.rcx >= td.shared_bit()) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  const auto walk = td.sept.walk(in.rcx & ~(kPage - 1), 0);
  if (!walk.reached) return status(tdxproto::with(Status::kEptWalkFailed, Operand::kRcx));
  if (auto no = first_failure<EntryCase>(kEntryRules, {walk.entry.state, Seamcall::kMrExtend}, static_cast<std::uint32_t>(Operand::kRcx)))
    return *no;
  base::Bytes chunk(256);
  if (!memory_.read(key_of(td.hkid), walk.entry.hpa + in.rcx % kPage, chunk)) {
    td.fatal = true;
    return status(static_cast<std::uint64_t>(Status::kTdFatal));
  }
  td.mrtd.extend(in.rcx, chunk);
  return done();
}

CallResult Module::mr_finalize(const Registers& in) {
  const Target target = find_td_for(Seamcall::kMrFinalize, in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  if (target.td->vcpus == 0) return status(static_cast<std::uint64_t>(Status::kNoVcpus));
  target.td->info.mr_td = target.td->mrtd.finish();
  target.td->op_state = OpState::kRunnable;
  return done();
}

void Module::measure_added(Td& td, std::uint64_t gpa) { td.mrtd.add_page(gpa); }

// ---- ground truth ---------------------------------------------------------------------------------------------------

const Td* Module::td(std::uint64_t tdr) const {
  const auto found = tds_.find(tdr);
  return found == tds_.end() ? nullptr : &found->second;
}

const Vcpu* Module::vcpu_on(std::uint32_t lp) const {
  const auto current = current_.find(lp);
  if (current == current_.end()) return nullptr;
  const auto found = vcpus_.find(current->second);
  return found == vcpus_.end() ? nullptr : &found->second;
}

const Td* Module::td_on(std::uint32_t lp) const {
  const Vcpu* vcpu = vcpu_on(lp);
  return vcpu ? td(vcpu->tdr) : nullptr;
}

std::vector<const trust::Defence*> module_defences() {
  std::vector<const trust::Defence*> all;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) all.push_back(&rule.defence);
  };
  add(kTdRules), add(kDebugRules), add(kHkidRules), add(kLifecycleRules), add(kParamsRules), add(kPageRules), add(kEntryRules);
  add(kTrackRules), add(kReclaimRules), add(kEnterRules), add(kAccessRules), add(kForeignRules);
  add(kPostRules);
  for (const auto* one : {&kSeptOwner, &kOwnerBit, &kMac, &kCpuidNative, &kStepFilterRow}) all.push_back(one);
  return all;
}

}  // namespace tdx
