#include "tsm/tdx/connect.h"

#include <algorithm>

#include "tsm/tdx/connect_check.h"
#include "tsm/tdx/connect_memory_rules.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

bool Connect::is_call(Seamcall leaf) { return leaf >= Seamcall::kIommuSetup && leaf <= Seamcall::kIqInvProc && !name_of(leaf).empty(); }

bool Connect::is_call(tdxproto::Tdcall leaf) {
  using T = tdxproto::Tdcall;
  return leaf == T::kTdiRd || leaf == T::kTdiStart || leaf == T::kDmarAccept || leaf == T::kMmioAccept;
}

CallResult Connect::call(Seamcall leaf, const Registers& in) {
  using S = Seamcall;
  switch (leaf) {
    case S::kIommuSetup: return iommu_setup(in);
    case S::kIommuClear: return iommu_clear(in);
    case S::kSpdmCreate: return spdm_create(in);
    case S::kSpdmDelete: return spdm_delete(in);
    case S::kSpdmConnect: return spdm_connect(in);
    case S::kSpdmDisconnect: return spdm_disconnect(in);
    case S::kSpdmMng: return spdm_mng(in);
    case S::kIdeStreamCreate: return stream_create(in);
    case S::kIdeStreamBlock: return stream_block(in);
    case S::kIdeStreamDelete: return stream_delete(in);
    case S::kIdeStreamKm: return stream_km(in);
    case S::kTdiCreate: return tdi_create(in);
    case S::kTdiRemove: return tdi_remove(in);
    case S::kTdiBind: return tdi_bind(in);
    case S::kTdiStart: return tdi_start(in);
    case S::kTdiUnbind: return tdi_unbind(in);
    case S::kMmiomtAdd: return mmiomt_add(in);
    case S::kMmiomtSet: return mmiomt_set(in);
    case S::kMmiomtRd: return mmiomt_rd(in);
    case S::kMmiomtRemove: return mmiomt_remove(in);
    case S::kMmioMap: return mmio_map(in);
    case S::kMmioBlock: return mmio_block(in);
    case S::kMmioUnmap: return mmio_unmap(in);
    case S::kDmarAdd: return dmar_add(in);
    case S::kDmarBlock: return dmar_block(in);
    case S::kDmarRead: return dmar_read(in);
    case S::kDmarRemove: return dmar_remove(in);
    case S::kIqInvReq: return iq_inv_req(in);
    case S::kIqInvProc: return iq_inv_proc(in);
    default: return no(tdxproto::with(Status::kOperandInvalid, Operand::kRax));
  }
}

TdcallResult Connect::call(Td& td, tdxproto::Tdcall leaf, const Registers& in) {
  using T = tdxproto::Tdcall;
  switch (leaf) {
    case T::kTdiRd: return tdi_rd(td, in);
    case T::kTdiStart: return tdi_ask_start(td, in);
    case T::kDmarAccept: return dmar_accept(td, in);
    default: return mmio_accept(td, in);
  }
}

std::optional<CallResult> Connect::take_page(std::uint64_t hpa, PageType type, Operand operand) {
  if (hpa % kPage != 0) return no(tdxproto::with(Status::kOperandInvalid, operand));
  if (!m_.pamt_.covers(hpa)) return no(tdxproto::with(Status::kOperandAddrRangeError, operand));
  if (auto failed = m_.first_failure<PageCase>(kPageRules, {m_.pamt_.entry(hpa).type}, static_cast<std::uint32_t>(operand))) return failed;
  m_.pamt_.give(hpa, type, 0);
  (void)m_.memory_.write(key_of(m_.settings_.hkid_first), hpa, base::Bytes(kPage));
  return std::nullopt;
}

void Connect::give_page(std::uint64_t hpa) { m_.pamt_.free(hpa); }

// ---- remapping units --------------------------------------------------------------------------------------------------

// RCX: the unit's registers; RDX: a page for its tables. RCX of the answer: its number.
CallResult Connect::iommu_setup(const Registers& in) {
  if (auto failed = first_failure<UnitCase>(kSetupRules, {in.rcx == tdxproto::kUnitRegisters, !unit_page_})) return *failed;
  if (auto failed = take_page(in.rdx, PageType::kIommuMt, Operand::kRdx)) return *failed;
  unit_page_ = in.rdx;
  return done({.rcx = 0});
}

// RCX: the unit. RCX of the answer: the page that is the host's again.
CallResult Connect::iommu_clear(const Registers& in) {
  if (auto failed = first_failure<UnitCase>(kUnitRules, {in.rcx == 0, !unit_page_, !dmar_.empty() || !queue_.empty() || !tdis_.empty()}))
    return *failed;
  const std::uint64_t page = *unit_page_;
  give_page(page);
  unit_page_.reset();
  return done({.rcx = page});
}

// ---- sessions ---------------------------------------------------------------------------------------------------------

Connect::Session* Connect::session(std::uint64_t id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::uint64_t Connect::streams_of(std::uint64_t spdm) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(streams_, [&](const auto& one) { return one.second.spdm == spdm; }));
}

// RCX: the function with the mailbox; RDX: a page. RCX of the answer: the session's number.
CallResult Connect::spdm_create(const Registers& in) {
  const auto device = std::ranges::find(devices_, tdxproto::rid_of(in.rcx), [](const Device& there) { return there.firmware->id(); });
  const bool known = std::ranges::any_of(sessions_, [&](const auto& one) { return one.second.function == in.rcx; });
  const NewSessionCase c{tdxproto::well_formed_function(in.rcx), device != devices_.end(), !known};
  if (auto failed = first_failure<NewSessionCase>(kSpdmCreateRules, c)) return *failed;
  if (auto failed = take_page(in.rdx, PageType::kIommuMt, Operand::kRdx)) return *failed;
  const std::uint64_t id = sessions_made_++;
  sessions_[id] = {.function = static_cast<std::uint32_t>(in.rcx), .page = in.rdx, .device = &*device};
  return done({.rcx = id});
}

CallResult Connect::spdm_delete(const Registers& in) {
  const SessionCase c{.leaf = Seamcall::kSpdmDelete, .there = session(in.rcx) != nullptr, .streams = streams_of(in.rcx)};
  if (auto failed = first_failure<SessionCase>(kSpdmRules, c)) return *failed;
  const Session gone = sessions_.extract(in.rcx).mapped();
  if (gone.connected()) (void)gone.device->firmware->disconnect(true);
  give_page(gone.page);
  return done({.rcx = gone.page});
}

// RCX: the session; RDX: the host's wishes. What the device is, is read and kept.
CallResult Connect::spdm_connect(const Registers& in) {
  const Session* with = session(in.rcx);
  base::Bytes page(tdxproto::kSpdmConfigSize);
  const bool readable = in.rdx % kPage == 0 && m_.memory_.read(memory::KeyId::kNone, in.rdx, page);
  const auto config = readable ? wire::decode<tdxproto::SpdmConfig>(page) : wire::Decoded<tdxproto::SpdmConfig>(wire::Error{});
  const SessionCase c{.leaf = Seamcall::kSpdmConnect, .there = with != nullptr, .connected = with && with->connected(),
                      .config_good = config && config->certificate_slot_mask != 0};
  if (auto failed = first_failure<SessionCase>(kSpdmRules, c)) return *failed;
  std::uint8_t slot = 0;
  while (!(config->certificate_slot_mask >> slot & 1)) ++slot;
  if (const auto opened = with->device->firmware->open(slot); !opened)
    return no(static_cast<std::uint64_t>(Status::kSpdmAuthFailed), opened.refusal());
  return done();
}

CallResult Connect::spdm_disconnect(const Registers& in) {
  const Session* with = session(in.rcx);
  const SessionCase c{.leaf = Seamcall::kSpdmDisconnect, .there = with != nullptr, .streams = streams_of(in.rcx)};
  if (auto failed = first_failure<SessionCase>(kSpdmRules, c)) return *failed;
  if (const auto closed = with->device->firmware->disconnect(true); !closed)
    return no(static_cast<std::uint64_t>(Status::kSpdmInvalidState), closed.refusal());
  return done();
}

// RCX: the session; RDX: what to do. Heartbeats and new session keys are not agreed on with any device here.
CallResult Connect::spdm_mng(const Registers& in) {
  const Session* with = session(in.rcx);
  const SessionCase c{.leaf = Seamcall::kSpdmMng, .there = with != nullptr, .connected = with && with->connected(),
                      .operation_known = in.rdx == static_cast<std::uint64_t>(tdxproto::SpdmOp::kRecollect)};
  if (auto failed = first_failure<SessionCase>(kSpdmRules, c)) return *failed;
  if (const auto measured = with->device->firmware->measure(); !measured)
    return no(static_cast<std::uint64_t>(Status::kSpdmAuthFailed), measured.refusal());
  return done();
}

// ---- streams ----------------------------------------------------------------------------------------------------------

Connect::Stream* Connect::stream_of(std::uint64_t spdm, std::uint64_t id) {
  const auto found = id > UINT8_MAX ? streams_.end() : streams_.find(static_cast<std::uint8_t>(id));
  return found == streams_.end() || found->second.spdm != spdm ? nullptr : &found->second;
}

std::uint64_t Connect::interfaces_on(std::uint64_t stream) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(tdis_, [&](const auto& one) { return one.second.stream == stream; }));
}

// RCX: which root port; RDX: the session; R8: a page; R9: control register; R10, R11: requester ids. RCX of the answer: the stream's number.
// simplified: the port's own registers are written by the host at boot and checked when a function is bound, and addresses are associated
// with no stream.
CallResult Connect::stream_create(const Registers& in) {
  const Session* with = session(in.rdx);
  const std::uint8_t id = tdxproto::stream_of_control(in.r9);
  const std::uint16_t last = tdxproto::rid_of_association(in.r10), first = tdxproto::rid_of_association(in.r11);
  const NewStreamCase c{
      .session_there = with != nullptr,
      .connected = with && with->connected(),
      .selective = (in.rcx & tdxproto::kStreamSelective) != 0 && in.rcx >> 9 == 0,
      .control_good = in.r9 == tdxproto::stream_control(id),
      .id_free = !streams_.contains(id),
      .association_good = in.r10 == tdxproto::rid_limit(last) && in.r11 == tdxproto::rid_base(first) && first <= last,
      .overlaps = std::ranges::any_of(
          streams_, [&](const auto& one) { return one.second.rid_first <= last && first <= one.second.rid_last; })};
  if (auto failed = first_failure<NewStreamCase>(kStreamCreateRules, c)) return *failed;
  if (auto failed = take_page(in.r8, PageType::kIommuMt, Operand::kR8)) return *failed;
  streams_[id] = {.spdm = in.rdx, .page = in.r8, .rid_first = first, .rid_last = last};
  return done({.rcx = id});
}

CallResult Connect::stream_block(const Registers& in) {
  Stream* stream = stream_of(in.rcx, in.rdx);
  const StreamCase c{.leaf = Seamcall::kIdeStreamBlock, .session_there = session(in.rcx) != nullptr, .configured = stream != nullptr,
                     .blocked = stream && stream->blocked};
  if (auto failed = first_failure<StreamCase>(kStreamRules, c)) return *failed;
  session(in.rcx)->device->firmware->erase_keys();
  stream->blocked = true;
  return done();
}

CallResult Connect::stream_delete(const Registers& in) {
  const Stream* stream = stream_of(in.rcx, in.rdx);
  const StreamCase c{.leaf = Seamcall::kIdeStreamDelete, .session_there = session(in.rcx) != nullptr, .configured = stream != nullptr,
                     .blocked = stream && stream->blocked, .interfaces = interfaces_on(in.rdx)};
  if (auto failed = first_failure<StreamCase>(kStreamRules, c)) return *failed;
  const std::uint64_t page = stream->page;
  streams_.erase(static_cast<std::uint8_t>(in.rdx));
  give_page(page);
  return done({.rcx = page});
}

// RCX: the session; RDX: the stream; R8: what to do with its keys, which both ends get from the module alone.
CallResult Connect::stream_km(const Registers& in) {
  const Stream* stream = stream_of(in.rcx, in.rdx);
  const StreamCase c{.leaf = Seamcall::kIdeStreamKm, .session_there = session(in.rcx) != nullptr, .configured = stream != nullptr,
                     .operation_known = in.r8 <= static_cast<std::uint64_t>(tdxproto::KmOp::kStop), .blocked = stream && stream->blocked};
  if (auto failed = first_failure<StreamCase>(kStreamRules, c)) return *failed;
  auto& firmware = *session(in.rcx)->device->firmware;
  auto keyed = trust::ok();
  switch (static_cast<tdxproto::KmOp>(in.r8)) {
    case tdxproto::KmOp::kSetup: keyed = firmware.key_stream(static_cast<ide::StreamId>(in.rdx)); break;
    case tdxproto::KmOp::kRefresh: keyed = firmware.roll_keys(); break;
    case tdxproto::KmOp::kStop: firmware.erase_keys(); break;
  }
  return keyed ? done() : no(static_cast<std::uint64_t>(Status::kIdeStreamIdekmInvalidResponse), keyed.refusal());
}

std::vector<const trust::Defence*> connect_defences() {
  std::vector<const trust::Defence*> all;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules)
      if (std::ranges::none_of(all, [&](const auto* known) { return known->id == rule.defence.id; })) all.push_back(&rule.defence);
  };
  add(kSetupRules), add(kUnitRules), add(kSpdmCreateRules), add(kSpdmRules), add(kStreamCreateRules), add(kStreamRules);
  add(kTdiCreateRules), add(kTdiBindRules), add(kTdiStartRules), add(kTdiUnbindRules), add(kTdiRemoveRules);
  add(kTdiRdRules), add(kAskStartRules), add(kOwnLockedRules);
  add(kMmiomtRules), add(kMmioMapRules), add(kMmioStateRules), add(kMmioUnmapRules), add(kAcceptRangeRules), add(kAcceptPageRules);
  add(kDmarRules), add(kInvRules), add(kDmarTargetRules), add(kDmarAcceptRules);
  all.push_back(&kDmaTracked);
  return all;
}

}  // namespace tdx
