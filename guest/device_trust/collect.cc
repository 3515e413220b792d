#include "guest/device_trust/collect.h"

namespace device_trust {

namespace {

SignedEvidence signed_evidence(const requester::SignedEvidence& from, ProofKind kind, bool in_session) {
  return {.kind = kind, .in_session = static_cast<std::uint8_t>(in_session),
          .transcript_size = static_cast<std::uint32_t>(from.transcript.size()), .transcript = from.transcript,
          .signature_size = static_cast<std::uint16_t>(from.signature.size()), .signature = from.signature};
}

}  // namespace

DeviceEvidence collect(const requester::Learned& learned, const requester::Tdisp& interface, tdisp::FunctionId function) {
  DeviceEvidence out;
  out.vca = learned.vca;
  for (std::size_t i = 0; i < learned.slots.size(); ++i)
    if (learned.slots[i]) out.slots[i] = {.model = learned.slots[i]->model, .chain_size = 0, .chain = learned.slots[i]->chain};
  if (learned.session && learned.session->evidence)
    out.proof = signed_evidence(*learned.session->evidence, ProofKind::kKeyExchange, false);
  if (learned.measurements && learned.measurements->evidence)
    out.measurements = signed_evidence(*learned.measurements->evidence, ProofKind::kMeasurements, learned.measurements->in_session);
  out.interface = function;
  if (interface.state()) out.state = *interface.state();
  out.report_in_session = static_cast<std::uint8_t>(learned.session.has_value());  // IDE_KM and TDISP are spoken nowhere else
  out.report = interface.report_bytes();
  return out;
}

}  // namespace device_trust
