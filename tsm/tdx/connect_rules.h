#pragma once
// What TDX Connect refuses, per call, in the order of the call. "Connect" is the Intel TDX Connect ABI with the module's published
// sources 2.0, each by function.
#include "tsm/tdx/connect.h"
#include "tsm/tdx/module_rules.h"

namespace tdx {

// The status of a rule with the operand that it is about.
constexpr Status at_operand(Status status, Operand operand) { return static_cast<Status>(tdxproto::with(status, operand)); }

// ---- remapping units --------------------------------------------------------------------------------------------------

struct UnitCase {
  bool known, fresh, in_use = false;
};
inline constexpr StatusRule<UnitCase> kSetupRules[] = {
    {{"tdx.iommu.registers", "Connect, TDH.IOMMU.SETUP", "A remapping unit is named by its registers.", kRefuse, kConforms},
     [](const UnitCase& c) { return c.known; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.iommu.once", "Connect, TDH.IOMMU.SETUP", "A remapping unit is set up once.", kRefuse, kConforms},
     [](const UnitCase& c) { return c.fresh; }, at_operand(Status::kIommuInvalidState, Operand::kRcx)},
};
inline constexpr StatusRule<UnitCase> kUnitRules[] = {
    {{"tdx.iommu.set-up", "Connect, common checks", "Trusted DMA goes through a remapping unit that the module has set up.", kRefuse, kConforms},
     [](const UnitCase& c) { return c.known && !c.fresh; }, at_operand(Status::kIommuInvalidState, Operand::kRcx)},
    {{"tdx.iommu.in-use", "Connect, TDH.IOMMU.CLEAR", "A remapping unit is given up when nothing leads through it.", kRefuse, kConforms},
     [](const UnitCase& c) { return !c.in_use; }, at_operand(Status::kIommuInvalidState, Operand::kRcx)},
};

// ---- sessions ---------------------------------------------------------------------------------------------------------

struct NewSessionCase {
  bool function_good, device_there, function_free;
};
inline constexpr StatusRule<NewSessionCase> kSpdmCreateRules[] = {
    {{"tdx.spdm.function", "Connect, TDH.SPDM.CREATE", "A session is with a device that is there.", kRefuse, kConforms},
     [](const NewSessionCase& c) { return c.function_good && c.device_there; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.spdm.one", "Connect, TDH.SPDM.CREATE", "A device has one session.", kRefuse, kConforms},
     [](const NewSessionCase& c) { return c.function_free; }, at_operand(Status::kSpdmEntryAlreadyPresent, Operand::kRcx)},
};

struct SessionCase {
  Seamcall leaf;
  bool there, connected = false;
  std::uint64_t streams = 0;
  bool config_good = true, operation_known = true;
};
inline constexpr StatusRule<SessionCase> kSpdmRules[] = {
    {{"tdx.spdm.present", "Connect, TDH.SPDM.*", "A call on a session names one that there is.", kRefuse, kConforms},
     [](const SessionCase& c) { return c.there; }, at_operand(Status::kSpdmEntryNotPresent, Operand::kRcx)},
    {{"tdx.spdm.config", "Connect, TDH.SPDM.CONNECT", "A host's wishes for a session are well formed, and allow a certificate slot.", kRefuse,
      kConforms},
     [](const SessionCase& c) { return c.config_good; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.spdm.operation", "Connect, TDH.SPDM.MNG", "A session is managed by an operation that its parties agreed on.", kRefuse, kConforms},
     [](const SessionCase& c) { return c.operation_known; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.spdm.state", "Connect, TDH.SPDM.CONNECT", "A session is opened once, and used while it is open.", kRefuse, kConforms},
     [](const SessionCase& c) {
       if (c.leaf == Seamcall::kSpdmConnect) return !c.connected;
       return c.leaf != Seamcall::kSpdmMng || c.connected;
     },
     at_operand(Status::kSpdmInvalidState, Operand::kRcx)},
    {{"tdx.spdm.streams", "Connect, TDH.SPDM.DELETE", "A session ends after the streams that it keyed.", kRefuse, kConforms},
     [](const SessionCase& c) {
       return (c.leaf != Seamcall::kSpdmDelete && c.leaf != Seamcall::kSpdmDisconnect) || c.streams == 0;
     },
     at_operand(Status::kSpdmHasActiveIdeStreams, Operand::kRcx)},
};

// ---- streams ----------------------------------------------------------------------------------------------------------

struct NewStreamCase {
  bool session_there, connected, selective, control_good, id_free, association_good, overlaps;
};
inline constexpr StatusRule<NewStreamCase> kStreamCreateRules[] = {
    {{"tdx.ide.session", "Connect, TDH.IDE.STREAM.CREATE", "A stream is keyed in a session that there is.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.session_there; }, at_operand(Status::kSpdmEntryNotPresent, Operand::kRdx)},
    {{"tdx.ide.connected", "Connect, TDH.IDE.STREAM.CREATE", "A stream is keyed in a session that is open.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.connected; }, at_operand(Status::kSpdmInvalidState, Operand::kRdx)},
    {{"tdx.ide.selective", "Connect, TDH.IDE.STREAM.CREATE", "What carries a TD's packets is a selective stream from root port to device.",
      kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.selective; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.ide.control", "Connect, TDH.IDE.STREAM.CREATE", "A stream begins disabled and with what the module supports.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.control_good; }, at_operand(Status::kOperandInvalid, Operand::kR9)},
    {{"tdx.ide.free", "Connect, TDH.IDE.STREAM.CREATE", "A stream's number is used once.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.id_free; }, at_operand(Status::kIdeStreamNotFree, Operand::kR9)},
    {{"tdx.ide.association", "Connect, TDH.IDE.STREAM.CREATE", "A stream is for a range of requester ids.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return c.association_good; }, at_operand(Status::kOperandInvalid, Operand::kR10)},
    {{"tdx.ide.overlap", "Connect, TDH.IDE.STREAM.CREATE", "No requester is of two streams.", kRefuse, kConforms},
     [](const NewStreamCase& c) { return !c.overlaps; }, at_operand(Status::kIdeStreamRidOverlap, Operand::kR10)},
};

struct StreamCase {
  Seamcall leaf;
  bool session_there, configured, operation_known = true, blocked = false;
  std::uint64_t interfaces = 0;
};
inline constexpr StatusRule<StreamCase> kStreamRules[] = {
    {{"tdx.ide.present-session", "Connect, TDH.IDE.STREAM.*", "A call on a stream names its session.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.session_there; }, at_operand(Status::kSpdmEntryNotPresent, Operand::kRcx)},
    {{"tdx.ide.configured", "Connect, TDH.IDE.STREAM.*", "A call on a stream names one of its session's.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.configured; }, at_operand(Status::kIdeStreamNotConfigured, Operand::kRdx)},
    {{"tdx.ide.operation", "Connect, TDH.IDE.STREAM.KM", "Keys are set up, refreshed or stopped.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.operation_known; }, at_operand(Status::kOperandInvalid, Operand::kR8)},
    {{"tdx.ide.unblocked", "Connect, TDH.IDE.STREAM.BLOCK", "A stream is blocked once, and gets no keys after that.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.leaf == Seamcall::kIdeStreamDelete || !c.blocked; },
     at_operand(Status::kIdeStreamBlocked, Operand::kRdx)},
    {{"tdx.ide.blocked", "Connect, TDH.IDE.STREAM.DELETE", "A stream is blocked before it is deleted.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.leaf != Seamcall::kIdeStreamDelete || c.blocked; },
     at_operand(Status::kIdeStreamNotBlocked, Operand::kRdx)},
    {{"tdx.ide.interfaces", "Connect, TDH.IDE.STREAM.DELETE", "A stream is deleted after the interfaces that it carries.", kRefuse, kConforms},
     [](const StreamCase& c) { return c.leaf != Seamcall::kIdeStreamDelete || c.interfaces == 0; },
     at_operand(Status::kIdeStreamHasDeviceInterfaces, Operand::kRdx)},
};

// ---- interfaces -------------------------------------------------------------------------------------------------------

struct NewTdiCase {
  bool connects, id_good, absent, unit_set_up, stream_good, in_association, session_connected;
};
inline constexpr StatusRule<NewTdiCase> kTdiCreateRules[] = {
    {{"tdx.tdi.td", "Connect, CONFIG_FLAGS.TDX_CONNECT", "A TD has devices where it was built to have some.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.connects; }, at_operand(Status::kConnectInvalidState, Operand::kRdx)},
    {{"tdx.tdi.function", "Connect, TDH.DEVIF.CREATE", "An interface is a function.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.id_good; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.tdi.one-td", "Connect, TDH.DEVIF.CREATE", "An interface is one TD's.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.absent; }, at_operand(Status::kDevifmtAlreadyPresent, Operand::kRcx)},
    {{"tdx.tdi.unit", "Connect, TDH.DEVIF.CREATE", "An interface is behind a remapping unit that is set up.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.unit_set_up; }, at_operand(Status::kIommuInvalidState, Operand::kRcx)},
    {{"tdx.tdi.stream", "Connect, TDH.DEVIF.CREATE", "An interface is at the end of a stream that is not blocked.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.stream_good; }, at_operand(Status::kIdeStreamInvalidState, Operand::kRcx)},
    {{"tdx.tdi.association", "Connect, TDH.DEVIF.CREATE", "An interface is of the requesters that its stream is for.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.in_association; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.tdi.session", "Connect, TDH.DEVIF.CREATE", "An interface is of a device with an open session.", kRefuse, kConforms},
     [](const NewTdiCase& c) { return c.session_connected; }, at_operand(Status::kSpdmInvalidState, Operand::kRcx)},
};

// An interface that the host names.
struct TdiCase {
  const Connect::Tdi* tdi;  // null: there is none
  bool stream_blocked = false, page_good = true, td_fatal = false;
};
inline constexpr StatusRule<TdiCase> kTdiPresent = {
    {"tdx.tdi.present", "Connect, TDH.TDI.*", "A call on an interface names one that there is.", kRefuse, kConforms},
    [](const TdiCase& c) { return c.tdi != nullptr; }, at_operand(Status::kDevifmtNotPresent, Operand::kRcx)};
inline constexpr StatusRule<TdiCase> kTdiBindRules[] = {
    kTdiPresent,
    {{"tdx.tdi.bind-state", "Connect, TDH.TDI.BIND", "An interface is locked for its TD while it is unlocked.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.tdi->state == tdisp::State::kConfigUnlocked; },
     at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
    {{"tdx.tdi.bind-stream", "Connect, TDH.TDI.BIND", "An interface is locked over a stream that is not blocked.", kRefuse, kConforms},
     [](const TdiCase& c) { return !c.stream_blocked; }, at_operand(Status::kIdeStreamBlocked, Operand::kRcx)},
    {{"tdx.tdi.report-page", "Connect, TDH.TDI.BIND", "An interface's report goes into a page of the host's.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.page_good; }, at_operand(Status::kOperandInvalid, Operand::kR8)},
};
inline constexpr StatusRule<TdiCase> kTdiStartRules[] = {
    kTdiPresent,
    {{"tdx.tdi.start-state", "Connect, TDH.TDI.START", "An interface starts from where it is locked.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.tdi->state == tdisp::State::kConfigLocked; },
     at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
    {{"tdx.tdi.start-asked", "Connect, TDG.TDI.START", "A host starts no interface before the TD said that it takes it.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.tdi->start_asked; }, at_operand(Status::kDevifTdispInvalidReqSts, Operand::kRcx)},
};
inline constexpr StatusRule<TdiCase> kTdiUnbindRules[] = {
    kTdiPresent,
    {{"tdx.tdi.unbind-state", "Connect, TDH.TDI.UNBIND", "An interface is stopped that was locked.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.tdi->state != tdisp::State::kConfigUnlocked; },
     at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
};
inline constexpr StatusRule<TdiCase> kTdiRemoveRules[] = {
    kTdiPresent,
    {{"tdx.tdi.remove-state", "Connect, TDH.DEVIF.REMOVE", "An interface leaves its TD once it is unlocked, or nothing reaches it.", kRefuse,
      kConforms},
     [](const TdiCase& c) { return c.tdi->state == tdisp::State::kConfigUnlocked || c.stream_blocked; },
     at_operand(Status::kDevifInvalidState, Operand::kRcx)},
    {{"tdx.tdi.remove-dma", "Connect, TDH.DEVIF.REMOVE", "An interface leaves its TD after its tables of trusted DMA.", kRefuse, kConforms},
     [](const TdiCase& c) { return !c.tdi->dma; }, at_operand(Status::kDevifHasMappedDma, Operand::kRcx)},
    {{"tdx.tdi.remove-mmio", "Connect, TDH.DEVIF.REMOVE", "An interface leaves a TD that lives after its memory.", kRefuse, kConforms},
     [](const TdiCase& c) { return c.td_fatal || c.tdi->mmio_pages == 0; }, at_operand(Status::kDevifHasMappedMmio, Operand::kRcx)},
};

// An interface that a TD names.
struct OwnTdiCase {
  const Connect::Tdi* tdi;
  std::uint64_t tdr;
  bool field_known = true;
  std::uint64_t session = 0;
};
inline constexpr StatusRule<OwnTdiCase> kTdiKnown = {
    {"tdx.tdi.known", "Connect, TDG.TDI.*", "A TD asks about an interface that there is.", kRefuse, kConforms},
    [](const OwnTdiCase& c) { return c.tdi != nullptr; }, at_operand(Status::kDevifmtNotPresent, Operand::kRcx)};
inline constexpr StatusRule<OwnTdiCase> kTdiOwn = {
    {"tdx.tdi.own", "Connect, TDG.TDI.*", "A TD hears and changes nothing of an interface that is not its own.", kRefuse, kConforms},
    [](const OwnTdiCase& c) { return c.tdi->tdr == c.tdr; }, at_operand(Status::kDevifInvalidMetadata, Operand::kRcx)};
inline constexpr StatusRule<OwnTdiCase> kTdiRdRules[] = {
    kTdiKnown,
    kTdiOwn,
    {{"tdx.tdi.field", "Connect, TDG.TDI.RD", "A TD reads a field that there is.", kRefuse, kConforms},
     [](const OwnTdiCase& c) { return c.field_known; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
};
inline constexpr StatusRule<OwnTdiCase> kAskStartRules[] = {
    kTdiKnown,
    kTdiOwn,
    {{"tdx.tdi.ask-state", "Connect, TDG.TDI.START", "A TD takes an interface that is locked for it.", kRefuse, kConforms},
     [](const OwnTdiCase& c) { return c.tdi->state == tdisp::State::kConfigLocked; },
     at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
    {{"tdx.tdi.bind-session", "Connect, TDG.TDI.START", "A TD takes an interface in the binding that it has looked at, and no later one."},
     [](const OwnTdiCase& c) { return c.session == c.tdi->session; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
};
inline constexpr StatusRule<OwnTdiCase> kOwnLockedRules[] = {
    kTdiKnown,
    kTdiOwn,
    {{"tdx.tdi.accept-state", "Connect, TDG.DMAR.ACCEPT", "A TD opens memory to and of an interface while it is locked for it or runs.", kRefuse,
      kConforms},
     [](const OwnTdiCase& c) { return c.tdi->state == tdisp::State::kConfigLocked || c.tdi->state == tdisp::State::kRun; },
     at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
};

}  // namespace tdx
