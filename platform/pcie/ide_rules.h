#pragma once
// What an IDE stream and its port refuse.
#include <optional>

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

struct SendCase {
  bool trusted;
  bool protects;  // a secure stream carries it
  bool failed;    // it belongs to an enabled stream that has failed
};

inline constexpr trust::Rule<SendCase> kSendRules[] = {
    {{"ide.tbit.stream", "PCIe 6.1, 11.2", "A trusted packet leaves over a secure stream, or not at all."},
     [](const SendCase& c) { return !c.trusted || c.protects; }},
    // convention: the sources say that keys die and packets of the stream are dropped, not what a sender does.
    {{"ide.stream.no-downgrade", "PCIe 6.0, 6.33.8",
      "What belongs to a stream that has failed does not leave in the clear."},
     [](const SendCase& c) { return c.protects || !c.failed; }},
};

struct ArriveCase {
  const tlp::Tlp& packet;
  bool over_stream;
  bool rid_associated;  // with the stream it came over
};

inline constexpr trust::Rule<ArriveCase> kArriveRules[] = {
    {{"ide.rid.association", "PCIe 6.1, 6.33.4", "A stream carries requests only of the functions associated with it."},
     [](const ArriveCase& c) { return !c.over_stream || !c.packet.is_request() || c.rid_associated; }},
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
