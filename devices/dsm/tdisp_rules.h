#pragma once
// What each TDISP request is refused for, and with which error.
#include <algorithm>

#include "devices/dsm/interface_report.h"
#include "devices/dsm/tdi_rules.h"

namespace dsm {

template <class Case>
struct RequestRule {
  trust::Defence defence;
  bool (*holds)(const Case&);
  tdisp::ErrorCode code;
};

// ---- every request --------------------------------------------------------------------------------------------------

struct RequestKind {
  tdisp::Code code;
  std::size_t size;  // with the protocol id
  bool (*supported)(const TdiSettings&);
  bool owned;        // for the session that locked the interface, once it is locked
  bool (*legal)(tdisp::State);
};
inline constexpr auto kAlways = [](const TdiSettings&) { return true; };
inline constexpr auto kAnyState = [](tdisp::State) { return true; };
inline constexpr auto kOnlyRun = [](tdisp::State s) { return s == tdisp::State::kRun; };
inline constexpr auto kP2p = [](const TdiSettings& s) { return s.p2p; };
inline constexpr RequestKind kRequestKinds[] = {
    {tdisp::Code::kGetVersion, wire::min_size<tdisp::GetVersion>(), kAlways, false, kAnyState},
    {tdisp::Code::kGetCapabilities, wire::min_size<tdisp::GetCapabilities>(), kAlways, false, kAnyState},
    {tdisp::Code::kLockInterfaceRequest, wire::min_size<tdisp::LockInterfaceRequest>(), kAlways, true,
     [](tdisp::State s) { return next_state(s, Event::kLock).has_value(); }},
    {tdisp::Code::kGetDeviceInterfaceReport, wire::min_size<tdisp::GetDeviceInterfaceReport>(), kAlways, true,
     [](tdisp::State s) { return s == tdisp::State::kConfigLocked || s == tdisp::State::kRun; }},
    {tdisp::Code::kGetDeviceInterfaceState, wire::min_size<tdisp::GetDeviceInterfaceState>(), kAlways, false,
     kAnyState},
    {tdisp::Code::kStartInterfaceRequest, wire::min_size<tdisp::StartInterfaceRequest>(), kAlways, true,
     [](tdisp::State s) { return next_state(s, Event::kStart).has_value(); }},
    {tdisp::Code::kStopInterfaceRequest, wire::min_size<tdisp::StopInterfaceRequest>(), kAlways, true,
     [](tdisp::State s) { return next_state(s, Event::kStop).has_value(); }},
    {tdisp::Code::kBindP2pStreamRequest, wire::min_size<tdisp::BindP2pStreamRequest>(), kP2p, true, kOnlyRun},
    {tdisp::Code::kUnbindP2pStreamRequest, wire::min_size<tdisp::UnbindP2pStreamRequest>(), kP2p, true, kOnlyRun},
    {tdisp::Code::kSetMmioAttributeRequest, wire::min_size<tdisp::SetMmioAttributeRequest>(),
     [](const TdiSettings& s) { return s.mmio_attribute; }, true, kOnlyRun},
};
constexpr const RequestKind* kind_of(tdisp::Code code) {
  for (const auto& kind : kRequestKinds)
    if (kind.code == code) return &kind;
  return nullptr;
}

struct RequestCase {
  SessionId session;
  std::size_t size;
  tdisp::Header header;
  const RequestKind* kind;  // nothing: no such request
  const Tdi* tdi;           // nothing: no such interface here
  bool is(tdisp::Code code) const { return kind && kind->code == code; }
  bool legal() const { return !kind || kind->legal(tdi->state()); }
};
// Outside a session a request is refused by silence, and this row stands before all others.
inline constexpr trust::Defence kInSession{"tdisp.request.session", "PCIe 6.1, 11.3",
                                           "An interface is spoken to only inside a secure session."};
// In order: a row's predicate may rely on those before it that cannot be lifted.
inline constexpr RequestRule<RequestCase> kRequestRules[] = {
    {{"tdisp.request.length", "PCIe 6.1, 11.3", "A request has its one length.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const RequestCase& c) { return c.size >= tdisp::kHeaderSize && (!c.kind || c.size == c.kind->size); },
     tdisp::ErrorCode::kInvalidRequest},
    {{"tdisp.request.version", "PCIe 6.1, 11.3", "A request speaks a version that this device speaks.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.header.version == tdisp::kVersion10; },
     tdisp::ErrorCode::kVersionMismatch},
    {{"tdisp.request.interface", "PCIe 6.1, 11.3", "A request is for an interface of this device.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.tdi != nullptr; },
     tdisp::ErrorCode::kInvalidInterface},
    {{"tdisp.request.supported", "PCIe 6.1, 11.3.24", "A request is one that this device supports.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.kind && c.kind->supported(c.tdi->settings()); },
     tdisp::ErrorCode::kUnsupportedRequest},
    // convention: the code for a session that has no say.
    {{"tdisp.request.owner", "PCIe 6.1, 11.2", "A locked interface obeys only the session that locked it."},
     [](const RequestCase& c) {
       return !c.kind->owned || c.tdi->owner() == kNoSession || c.tdi->owner() == c.session;
     },
     tdisp::ErrorCode::kInvalidInterface},
    {{"tdisp.lock.state", "PCIe 6.1, 11.3.8", "Only an unlocked interface is locked."},
     [](const RequestCase& c) { return !c.is(tdisp::Code::kLockInterfaceRequest) || c.legal(); },
     tdisp::ErrorCode::kInvalidInterfaceState},
    {{"tdisp.start.state", "PCIe 6.1, 11.3.14", "Only a locked interface is started."},
     [](const RequestCase& c) { return !c.is(tdisp::Code::kStartInterfaceRequest) || c.legal(); },
     tdisp::ErrorCode::kInvalidInterfaceState},
    {{"tdisp.request.state", "PCIe 6.1, 11.3", "A request finds the interface in a state that it is for.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) {
       return c.is(tdisp::Code::kLockInterfaceRequest) || c.is(tdisp::Code::kStartInterfaceRequest) || c.legal();
     },
     tdisp::ErrorCode::kInvalidInterfaceState},
};

// ---- LOCK_INTERFACE -------------------------------------------------------------------------------------------------

struct LockCase {
  const Tdi& tdi;
  const tdisp::LockInterfaceRequest& request;
  SessionId session;
  std::uint32_t stream_control;  // of the block that names the default stream; 0: none does
  bool stream_failed;            // and that stream takes nothing until it is keyed anew
  std::size_t default_count;     // blocks that are marked Default
  bool overlap;                  // of BARs
  bool phantom;                  // phantom functions are on
  bool msix;                     // the function has MSI-X
  bool wants(std::uint16_t flag) const { return request.flags & flag; }
};
inline constexpr unsigned kTrafficClassShift = 19;
inline constexpr RequestRule<LockCase> kLockRules[] = {
    {{"tdisp.lock.flags", "PCIe 6.1, 11.3.8", "A lock asks only for what the device can lock.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const LockCase& c) { return !(c.request.flags & ~c.tdi.settings().lock_flags_supported); },
     tdisp::ErrorCode::kInvalidRequest},
    // convention: the public sources do not say which masks are malformed; here, those finer than a page.
    {{"tdisp.lock.mask", "PCIe 6.1, 11.3.8", "A peer-to-peer address mask is of whole pages.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const LockCase& c) { return !(c.request.bind_p2p_address_mask & 0xfff); },
     tdisp::ErrorCode::kInvalidRequest},
    {{"tdisp.lock.default-stream", "PCIe 6.1, 11.3.8",
      "An interface is locked to the stream that the port marks as default."},
     [](const LockCase& c) { return (c.stream_control & pcie::kIdeDefault) != 0; },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.one-default", "PCIe 6.1, 11.3.8", "An interface is locked while one stream only is default."},
     [](const LockCase& c) { return c.default_count <= 1; },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.keys", "PCIe 6.1, 11.3.8", "An interface is locked to a stream that has all its keys, and has not failed since.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return !c.stream_failed && c.tdi.parts().keys.keyed(c.request.default_stream_id); },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.keys-session", "PCIe 6.1, 11.3.8",
      "An interface is locked to a stream by the session that brought its keys."},
     [](const LockCase& c) { return c.tdi.parts().keys.keyed_by(c.request.default_stream_id, c.session); },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.traffic-class", "PCIe 6.1, 11.3.8", "An interface is locked to a stream of traffic class 0.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return (c.stream_control >> kTrafficClassShift & 7) == 0; },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.phantom", "PCIe 6.1, 11.3.8", "An interface is locked while phantom functions are off.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return !c.phantom; },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.bar-overlap", "PCIe 6.1, 11.3.8",
      "Memory of a locked interface is decoded nowhere else in the device.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const LockCase& c) { return !c.overlap; },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
    {{"tdisp.lock.msix", "PCIe 6.1, 11.3.8", "MSI-X is locked only where there is MSI-X.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const LockCase& c) { return c.msix || !c.wants(tdisp::kLockMsix); },
     tdisp::ErrorCode::kInvalidDeviceConfiguration},
};
// The random source's own word, after all others.
inline constexpr trust::Defence kEntropy{"tdisp.lock.entropy", "PCIe 6.1, 11.3.9", "A lock gives a fresh random nonce.",
                                         trust::Act::kRefuse, trust::Kind::kConformance};

// ---- the others -----------------------------------------------------------------------------------------------------

struct ReportCase {
  std::size_t size;
  std::uint16_t offset;
};
inline constexpr RequestRule<ReportCase> kReportRules[] = {
    {{"tdisp.report.offset", "PCIe 6.1, 11.3.10", "A portion of a report begins inside it.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const ReportCase& c) { return c.offset < c.size; },
     tdisp::ErrorCode::kInvalidRequest},
};

struct StartCase {
  const std::optional<tdisp::Nonce>& nonce;
  const tdisp::Nonce& given;
};
inline constexpr RequestRule<StartCase> kStartRules[] = {
    {{"tdisp.start.nonce", "PCIe 6.1, 11.3.14",
      "An interface is started as it was locked, with the nonce of that lock."},
     [](const StartCase& c) { return c.nonce && *c.nonce == c.given; },
     tdisp::ErrorCode::kInvalidNonce},
};

struct P2pCase {
  const Tdi& tdi;
  ide::StreamId stream;
  SessionId session;
  bool secure;
};
// convention: the public sources name the reasons, not the code.
inline constexpr RequestRule<P2pCase> kBindRules[] = {
    {{"tdisp.bind.stream", "PCIe 6.1, 11.3.18",
      "A stream is bound to an interface that was locked for it, once, while it is secure, and beside the default one.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const P2pCase& c) {
       return c.tdi.lock_flags() & tdisp::kLockBindP2p && c.secure && !c.tdi.bound(c.stream) &&
              c.stream != c.tdi.default_stream();
     },
     tdisp::ErrorCode::kInvalidRequest},
    {{"tdisp.bind.keys-session", "PCIe 6.1, 11.3.18", "A stream is bound by the session that brought its keys.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const P2pCase& c) { return c.tdi.parts().keys.keyed_by(c.stream, c.session); },
     tdisp::ErrorCode::kInvalidRequest},
};
inline constexpr RequestRule<P2pCase> kUnbindRules[] = {
    {{"tdisp.unbind.stream", "PCIe 6.1, 11.3.20", "Only a stream that was bound is unbound.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const P2pCase& c) { return c.tdi.bound(c.stream); },
     tdisp::ErrorCode::kInvalidRequest},
};

struct AttributeCase {
  const Tdi& tdi;
  const tdisp::MmioRange& range;
};
inline constexpr RequestRule<AttributeCase> kAttributeRules[] = {
    {{"tdisp.mmio-attribute.range", "PCIe 6.1, 11.3.22",
      "Only a range of the report whose attribute may change is changed, and in that attribute only.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const AttributeCase& c) {
       const auto& ranges = c.tdi.report().mmio_ranges;
       return std::any_of(ranges.begin(), ranges.end(), [&](tdisp::MmioRange r) {
         const bool updatable = r.attributes & tdisp::kRangeIsMemAttrUpdatable;
         r.attributes = static_cast<std::uint16_t>((r.attributes & ~tdisp::kRangeIsNonTeeMem) |
                                                   (c.range.attributes & tdisp::kRangeIsNonTeeMem));
         return updatable && r == c.range;
       });
     },
     tdisp::ErrorCode::kInvalidRequest},
};

// What the device itself refuses when firmware is to be replaced.
inline constexpr trust::Defence kFirmwareLocked{
    "tdisp.fw.locked", "PCIe 6.1, 11.3.8", "Firmware is not replaced under an interface that was locked against it."};

}  // namespace dsm
