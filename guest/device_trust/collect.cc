#include "guest/device_trust/collect.h"

namespace device_trust {

namespace {

SignedEvidence signed_evidence(const requester::SignedEvidence& from, ProofKind kind, bool in_session) {
  return {.kind = kind, .in_session = static_cast<std::uint8_t>(in_session),
          .transcript_size = static_cast<std::uint32_t>(from.transcript.size()), .transcript = from.transcript,
          .signature_size = static_cast<std::uint16_t>(from.signature.size()), .signature = from.signature};
}

}  // namespace

DeviceEvidence collect(const requester::Learned& learned) {
  DeviceEvidence out;
  out.vca = learned.vca;
  for (std::size_t i = 0; i < learned.slots.size(); ++i)
    if (learned.slots[i]) out.slots[i] = {.model = learned.slots[i]->model, .chain_size = 0, .chain = learned.slots[i]->chain};
  if (learned.session && learned.session->evidence)
    out.proof = signed_evidence(*learned.session->evidence, ProofKind::kKeyExchange, false);
  else if (learned.challenge)
    out.proof = signed_evidence(learned.challenge->evidence, ProofKind::kChallenge, false);
  if (const auto& measured = learned.measurements) {
    const requester::SignedEvidence without{.transcript = measured->transcript};
    out.measurements =
        signed_evidence(measured->evidence ? *measured->evidence : without, ProofKind::kMeasurements, measured->in_session);
  }
  return out;
}

DeviceEvidence collect(const requester::Learned& learned, const requester::Tdisp& interface, tdisp::FunctionId function) {
  DeviceEvidence out = collect(learned);
  out.interface = function;
  if (interface.state()) out.state = *interface.state();
  out.report_in_session = static_cast<std::uint8_t>(learned.session.has_value());  // IDE_KM and TDISP are spoken nowhere else
  out.report = interface.report_bytes();
  return out;
}

}  // namespace device_trust
