// Interfaces of devices, as a host makes them a TD's and as the TD sees them.
#include <algorithm>
#include <utility>

#include "tsm/tdx/connect_check.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
using tdxproto::TdiField;

// The field's value where it is one of a digest.
std::optional<std::uint64_t> word_of(const base::Block<48>& digest, TdiField first, std::uint64_t field) {
  const auto at = field - static_cast<std::uint64_t>(first);
  return at < tdxproto::kDigestFields ? std::optional(base::load_le<std::uint64_t>(digest, 8 * at)) : std::nullopt;
}

}  // namespace

Connect::Tdi* Connect::find(std::uint64_t function) {
  const auto found = function > UINT32_MAX ? tdis_.end() : tdis_.find(static_cast<std::uint32_t>(function));
  return found == tdis_.end() ? nullptr : &found->second;
}

const Connect::Tdi* Connect::tdi(std::uint64_t function) const { return const_cast<Connect*>(this)->find(function); }

bool Connect::has_interfaces(std::uint64_t tdr) const {
  return std::ranges::any_of(tdis_, [&](const auto& one) { return one.second.tdr == tdr; });
}

// The logical processor that holds its vCPU's state.
tio::Owner Connect::owner_of(std::uint64_t tdr) const {
  for (const auto& [tdvpr, vcpu] : m_.vcpus_)
    if (vcpu.tdr == tdr && vcpu.lp) return *vcpu.lp;
  return 0;
}

// RCX: where it is (interface_id); RDX: the TD; R8: a page.
CallResult Connect::tdi_create(const Registers& in) {
  if (in.r8 % kPage != 0) return no(tdxproto::with(Status::kOperandInvalid, Operand::kR8));
  if (!m_.pamt_.covers(in.r8)) return no(tdxproto::with(Status::kOperandAddrRangeError, Operand::kR8));
  if (auto failed = m_.first_failure<PageCase>(kPageRules, {m_.pamt_.entry(in.r8).type}, static_cast<std::uint32_t>(Operand::kR8)))
    return *failed;
  const Module::Target target = m_.find_td_for(Seamcall::kTdiCreate, in.rdx, Operand::kRdx);
  if (!target.td) return target.no;
  const auto function = static_cast<std::uint32_t>(in.rcx >> 32);
  const auto stream = streams_.find(static_cast<std::uint8_t>(in.rcx >> 16));
  const bool there = stream != streams_.end() && !stream->second.blocked;
  const std::uint16_t rid = tdxproto::rid_of(function);
  const NewTdiCase c{
      .connects = (target.td->config_flags & tdxproto::kConfigTdxConnect) != 0,
      .id_good = tdxproto::well_formed_function(function) && (in.rcx >> 24 & 0xff) == 0 &&
                 std::ranges::any_of(devices_, [&](const Device& one) { return one.firmware->has({.bits = function}); }),
      .absent = find(function) == nullptr,
      .unit_set_up = unit_page_ && (in.rcx & 0xffff) == 0,
      .stream_good = there,
      .in_association = there && stream->second.rid_first <= rid && rid <= stream->second.rid_last,
      .session_connected = there && session(stream->second.spdm)->connected()};
  if (auto failed = first_failure<NewTdiCase>(kTdiCreateRules, c)) return *failed;
  if (auto failed = m_.take_page(*target.td, in.r8, PageType::kDevifcs, Operand::kR8)) return *failed;
  tdis_[function] = {.function = function, .tdr = in.rdx, .page = in.r8, .stream = stream->first};
  return done();
}

// RCX: the interface. RCX of the answer: the page that is the host's again.
CallResult Connect::tdi_remove(const Registers& in) {
  Tdi* tdi = find(in.rcx);
  const auto td = tdi ? m_.tds_.find(tdi->tdr) : m_.tds_.end();
  const TdiCase c{.tdi = tdi, .stream_blocked = tdi && streams_.at(tdi->stream).blocked, .td_fatal = td != m_.tds_.end() && td->second.fatal};
  if (auto failed = first_failure<TdiCase>(kTdiRemoveRules, c)) return *failed;
  if (tdi->state != tdisp::State::kConfigUnlocked) unlock(*tdi);
  const std::uint64_t page = tdi->page;
  if (td != m_.tds_.end()) --td->second.children;
  // A TD that is dead reaches nothing: what it had of the interface goes with it.
  for (auto& [hpa, entry] : mmiomt_)
    if (entry.function == tdi->function && std::exchange(entry.mapped, false)) (void)device_of(*tdi).mmio->assign(hpa, 0, 0);
  tdis_.erase(tdi->function);
  give_page(page);
  return done({.rcx = page});
}

void Connect::unlock(Tdi& tdi) {
  (void)device_of(tdi).firmware->unbind({.bits = tdi.function});
  tdi.state = tdisp::State::kConfigUnlocked;
  tdi.start_asked = false;
}

// RCX: the interface; RDX: flags of LOCK_INTERFACE_REQUEST; R8: a page of the host's for the report. RCX of the answer: the binding, RDX:
// bytes of the report.
CallResult Connect::tdi_bind(const Registers& in) {
  Tdi* tdi = find(in.rcx);
  const bool shared_page = in.r8 % kPage == 0 && m_.pamt_.entry(in.r8).type == PageType::kNda && in.r8 < m_.settings_.memory_bytes;
  const TdiCase c{.tdi = tdi, .stream_blocked = tdi && streams_.at(tdi->stream).blocked, .page_good = shared_page};
  if (auto failed = first_failure<TdiCase>(kTdiBindRules, c)) return *failed;
  auto& firmware = *device_of(*tdi).firmware;
  const tdisp::FunctionId function{.bits = tdi->function};
  if (const auto locked = firmware.bind(function, owner_of(tdi->tdr), static_cast<std::uint16_t>(in.rdx)); !locked) {
    // What was locked before it failed is unlocked again.
    if (firmware.owner(function) != 0) (void)firmware.unbind(function);
    return no(static_cast<std::uint64_t>(Status::kDevifTdispInvalidMessage), locked.refusal());
  }
  const std::uint16_t rid = tdxproto::rid_of(tdi->function);
  firmware.lead(function, [this, rid](std::uint64_t page, auto) { return walk(rid, page); });
  tdi->state = tdisp::State::kConfigLocked;
  tdi->session = ++bindings_;
  tdi->start_asked = false;
  base::Bytes report = firmware.evidence(function, tio::EvidencePart::kReport);
  report.resize(std::min<std::size_t>(report.size(), kPage));
  (void)m_.memory_.write(memory::KeyId::kNone, in.r8, report);
  return done({.rcx = tdi->session, .rdx = report.size()});
}

CallResult Connect::tdi_start(const Registers& in) {
  Tdi* tdi = find(in.rcx);
  if (auto failed = first_failure<TdiCase>(kTdiStartRules, {.tdi = tdi})) return *failed;
  if (const auto started = device_of(*tdi).firmware->run({.bits = tdi->function}); !started)
    return no(static_cast<std::uint64_t>(Status::kDevifTdispInvalidMessage), started.refusal());
  tdi->state = tdisp::State::kRun;
  return done();
}

CallResult Connect::tdi_unbind(const Registers& in) {
  Tdi* tdi = find(in.rcx);
  if (auto failed = first_failure<TdiCase>(kTdiUnbindRules, {.tdi = tdi})) return *failed;
  unlock(*tdi);
  return done();
}

// ---- the TD -----------------------------------------------------------------------------------------------------------

// RCX: the interface; RDX: what of it. RCX of the answer: the value.
TdcallResult Connect::tdi_rd(const Td& td, Registers in) {
  const Tdi* tdi = find(in.rcx);
  std::optional<std::uint64_t> value;
  if (tdi && tdi->tdr == td.tdr) {
    std::optional<tio::DeviceManager::Info> known;  // of an interface that is locked or runs
    if (tdi->state != tdisp::State::kConfigUnlocked)
      if (auto info = device_of(*tdi).firmware->info({.bits = tdi->function}, owner_of(td.tdr)); info) known = *info;
    switch (static_cast<TdiField>(in.rdx)) {
      case TdiField::kTdispVersion: value = tdisp::kVersion10; break;
      case TdiField::kTdispState: value = static_cast<std::uint64_t>(tdi->state); break;
      case TdiField::kBindSession: value = tdi->session; break;
      case TdiField::kLockFlags: value = known ? known->lock_flags : 0; break;
      case TdiField::kMeasured:
        value = known ? (known->measured ? tdxproto::kMeasuredAtAll : 0) | (known->fresh ? tdxproto::kMeasuredSinceBound : 0) : 0;
        break;
      default:
        if (!known) break;
        value = word_of(known->certificates, TdiField::kCertificates, in.rdx);
        if (!value) value = word_of(known->measurements, TdiField::kMeasurements, in.rdx);
        if (!value) value = word_of(known->report, TdiField::kReport, in.rdx);
    }
  }
  if (auto failed = first_failure<OwnTdiCase>(kTdiRdRules, {tdi, td.tdr, value.has_value()}, in)) return *failed;
  in.rax = 0;
  in.rcx = *value;
  return {in};
}

// RCX: the interface; RDX: the binding that the TD has looked at. The host may start it from now on.
TdcallResult Connect::tdi_ask_start(Td& td, Registers in) {
  Tdi* tdi = find(in.rcx);
  if (auto failed = first_failure<OwnTdiCase>(kAskStartRules, {.tdi = tdi, .tdr = td.tdr, .session = in.rdx}, in)) return *failed;
  tdi->start_asked = true;
  in.rax = 0;
  return {in};
}

}  // namespace tdx
