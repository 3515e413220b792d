#pragma once
// What an IDE stream and its port refuse.
#include <iterator>
#include <optional>
#include <utility>

#include "platform/pcie/ide_stream.h"
#include "platform/trust/defence.h"

namespace pcie {

struct OpenCase {
  const ide::Packet& packet;
  bool failed;
  bool tee_limited;
  bool set_ended;      // another sub-stream has moved on from this packet's key set
  bool mac_fits;       // at some counter in reach
  bool counter_next;   // and that counter is the one that comes next
  bool behind_posted;  // the posted requests that it says went before have arrived
  bool escort, flush;  // the remedies that this port has
};

// Whether a table refuses nothing. It is known while compiling, so that what nearly always holds costs no calls.
template <const auto& kRules, class Case>
bool all_hold(const Case& c) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return (kRules[I].holds(c) && ...); }
  (std::make_index_sequence<std::size(kRules)>{});
}

inline constexpr trust::Rule<OpenCase> kOpenRules[] = {
    {{"ide.stream.fail-closed", "PCIe 6.0, 6.33.8", "After a refusal a stream takes nothing until it is keyed anew.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const OpenCase& c) { return !c.failed; }},
    {{"ide.tlp.sub-stream", "PCIe 6.0, 6.33.5", "A packet travels in the sub-stream of its kind.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const OpenCase& c) { return c.packet.prefix.sub_stream() == ide::sub_stream_of(c.packet.tlp); }},
    {{"ide.rekey.flush", "CVE-2025-9614",
      "Nothing sealed under a key set arrives after its stream has moved to the next.",
      trust::Act::kDetect},
     [](const OpenCase& c) { return !c.flush || !c.set_ended; }},
    {{"ide.tlp.mac", "PCIe 6.0, 6.33.5", "A packet arrives as its sender sealed it.", trust::Act::kDetect},
     [](const OpenCase& c) { return c.mac_fits; }},
    {{"ide.tlp.counter", "PCIe 6.0, 6.33.5", "The packets of a sub-stream arrive once each, in order, without a gap.",
      trust::Act::kDetect},
     [](const OpenCase& c) { return !c.mac_fits || c.counter_next; }},
    {{"ide.tlp.order", "PCIe 6.0, 6.33.6", "No read and no completion overtakes a posted request sent before it.",
      trust::Act::kDetect},
     [](const OpenCase& c) { return c.escort || c.behind_posted; }},
    {{"ide.tlp.escort", "CVE-2025-9612",
      "No read and no completion overtakes a posted request, not even with a sync between.",
      trust::Act::kDetect},
     [](const OpenCase& c) { return !c.escort || c.behind_posted; }},
    {{"ide.tbit.limited", "PCIe 6.1, 7.9.26", "A stream limited to trusted packets takes no other."},
     [](const OpenCase& c) { return !c.tee_limited || c.packet.prefix.trusted(); }},
};

// A packet as it comes, before its MAC is there to be looked at.
struct UnitCase {
  const ide::Packet& packet;
  const ide::Packet* first;  // of the unit that it goes on with; null: it begins one
  std::size_t packets, packets_max;
};

inline constexpr trust::Rule<UnitCase> kUnitRules[] = {
    {{"ide.unit.size", "PCIe 6.0, 6.33.5", "No more packets share a MAC than the stream's control register allows.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UnitCase& c) { return c.packets < c.packets_max || (c.packets == c.packets_max && c.packet.has_mac()); }},
    {{"ide.unit.key-set", "PCIe 6.0, 6.33.5", "The key set changes between units, never within one.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UnitCase& c) { return !c.first || c.first->prefix.key_set() == c.packet.prefix.key_set(); }},
};

struct SendCase {
  bool trusted;
  bool protects;  // a secure stream carries it
  bool link;      // and that one ends at the link partner
  bool failed;    // it belongs to an enabled stream that has failed
};

inline constexpr trust::Rule<SendCase> kSendRules[] = {
    {{"ide.tbit.stream", "PCIe 6.1, 11.2", "A trusted packet leaves over a secure stream, or not at all."},
     [](const SendCase& c) { return !c.trusted || c.protects; }},
    {{"ide.tbit.selective", "PCIe 6.1, 11.2", "A trusted packet leaves over a stream that no switch on its way opens.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const SendCase& c) { return !c.trusted || !c.link; }},
    // convention: the sources say that keys die and packets of the stream are dropped, not what a sender does.
    {{"ide.stream.no-downgrade", "PCIe 6.0, 6.33.8",
      "What belongs to a stream that has failed does not leave in the clear."},
     [](const SendCase& c) { return c.protects || !c.failed; }},
};

struct ClearCase {
  bool link_secure;  // the link has a secure stream for the packet's traffic class
};

// convention: what comes in the clear where it should not is dropped, and the stream lives on.
inline constexpr trust::Rule<ClearCase> kClearRules[] = {
    {{"ide.link.clear", "PCIe 6.0, 6.33.4",
      "A link with a secure stream carries nothing of its traffic class in the clear.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const ClearCase& c) { return !c.link_secure; }},
};

struct ArriveCase {
  const tlp::Tlp& packet;
  bool over_stream;
  bool link;            // that stream ends at the link partner
  bool trusted;
  bool rid_associated;  // with the stream it came over
  bool pcrc_fits;       // or none is wanted
};

inline constexpr trust::Rule<ArriveCase> kArriveRules[] = {
    {{"ide.rid.association", "PCIe 6.1, 6.33.4", "A stream carries requests only of the functions associated with it."},
     [](const ArriveCase& c) { return !c.over_stream || !c.packet.is_request() || c.rid_associated; }},
    {{"ide.tbit.link", "PCIe 6.1, 11.2", "A packet that the link partner could have made is not trusted.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const ArriveCase& c) { return !c.trusted || !c.link; }},
};

// What fails here is dropped, and the stream lives on.
inline constexpr trust::Rule<ArriveCase> kPcrcRules[] = {
    {{"ide.tlp.pcrc", "PCIe 6.0, 6.33.5", "Where PCRC is on, data without the right one is not used.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const ArriveCase& c) { return c.pcrc_fits; }},
};

struct HeldCase {
  bool secure = false;   // a selective stream of the port protects what is behind it
  bool changed = false;  // what routes packets to and from there
};

// PCIe has this be the TSM's to enforce for interfaces that are locked; here the port does it for whatever it protects.
// convention: the public sources name the registers, not what the row is called.
inline constexpr trust::Rule<HeldCase> kHeldRules[] = {
    {{"ide.root-port.tracked", "PCIe 6.1, 11.2.6", "A root port whose routing changes protects nothing until its streams are keyed anew.",
      trust::Act::kDetect},
     [](const HeldCase& c) { return !c.secure || !c.changed; }},
};

struct CompletionCase {
  std::optional<ide::StreamId> request_stream, stream;
  bool tag_waits;        // a request with this tag waits
  bool tag_quarantined;  // one waited in vain, and this port keeps such tags aside
};

inline constexpr trust::Rule<CompletionCase> kCompletionRules[] = {
    {{"ide.tag.quarantine", "CVE-2025-9613", "A completion that comes after its time reaches no later request.",
      trust::Act::kDetect},
     [](const CompletionCase& c) { return !c.tag_quarantined; }},
    {{"ide.completion.stream", "PCIe 6.0, 6.33.4", "A request is completed over the stream that carried it.",
      trust::Act::kDetect},
     [](const CompletionCase& c) { return !c.tag_waits || c.request_stream == c.stream; }},
};

}  // namespace pcie
