#include "guest/device_trust/transcripts.h"

#include <algorithm>
#include <set>

#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/negotiate.h"
#include "platform/protocol/spdm/version.h"

namespace device_trust {
namespace {

// The next message, when it is of its code.
template <class M>
std::optional<M> take(base::View& from, M form = M{}) {
  const spdm::Code code = form.header.code;
  base::View rest = from;
  auto message = wire::decode_front<M>(rest, std::move(form));
  if (!message || message->header.code != code) return std::nullopt;
  from = rest;
  return *std::move(message);
}

bool skip(base::View& from, base::View front) {
  if (from.size() < front.size() || !std::ranges::equal(from.first(front.size()), front)) return false;
  from = from.subspan(front.size());
  return true;
}

// Without what a signed transcript leaves out.
spdm::Shape shape_of(const Negotiated& negotiated) {
  spdm::Shape shape = spdm::shape_of(negotiated.algorithms);
  shape.signature = 0;
  shape.handshake_in_the_clear = true;
  return shape;
}

bool summarises(std::uint8_t summary, const Negotiated& negotiated) {
  return summary != spdm::kSummaryNone && (negotiated.capabilities & spdm::kCapMeasurementsMask) != 0;
}

Proof challenge_proof(base::View in, const Negotiated& negotiated) {
  spdm::Shape shape = shape_of(negotiated);
  for (auto next = spdm::header_of(in); next; next = spdm::header_of(in)) {
    bool is_certificates = false;
    if (next->code == spdm::Code::kGetDigests) is_certificates = take<spdm::GetDigests>(in).has_value();
    if (next->code == spdm::Code::kDigests) is_certificates = take(in, spdm::Digests{.shape = shape}).has_value();
    if (next->code == spdm::Code::kGetCertificate) is_certificates = take<spdm::GetCertificate>(in).has_value();
    if (next->code == spdm::Code::kCertificate) is_certificates = take<spdm::CertificateResponse>(in).has_value();
    if (!is_certificates) break;
  }
  auto request = take<spdm::Challenge>(in);
  if (!request) return {};
  shape.measurement_summary = summarises(request->header.param2, negotiated);
  auto response = take(in, spdm::ChallengeAuth{.shape = shape});
  if (!response || !in.empty()) return {};
  if ((response->header.param1 & spdm::kSlotMask) != request->header.param1) return {};
  return {.well_formed = true,
          .slot = request->header.param1,
          .nonce = request->nonce,
          .chain_hash = response->cert_chain_hash,
          .summary = shape.measurement_summary ? request->header.param2 : spdm::kSummaryNone,
          .summary_hash = response->measurement_summary_hash};
}

Proof key_exchange_proof(base::View in, const Negotiated& negotiated) {
  spdm::Shape shape = shape_of(negotiated);
  if (shape.multi_key && !take(in, spdm::Digests{.shape = shape})) return {};
  if (in.size() < shape.digest) return {};
  const base::Bytes chain_hash = base::bytes_of(in.first(shape.digest));
  in = in.subspan(shape.digest);
  auto request = take(in, spdm::KeyExchange{.shape = shape});
  if (!request) return {};
  shape.measurement_summary = summarises(request->header.param1, negotiated);
  auto response = take(in, spdm::KeyExchangeResponse{.shape = shape});
  if (!response || !in.empty()) return {};
  return {.well_formed = true,
          .slot = request->header.param2,
          .nonce = request->random_data,
          .chain_hash = chain_hash,
          .summary = shape.measurement_summary ? request->header.param1 : spdm::kSummaryNone,
          .summary_hash = response->measurement_summary_hash};
}

bool blocks_have_form(const std::vector<spdm::MeasurementBlock>& blocks) {
  std::set<std::uint8_t> indices;
  return std::ranges::all_of(blocks, [&](const auto& block) {
    return indices.insert(block.index).second && measurement_in(block).has_value();
  });
}

}  // namespace

Negotiated negotiated_of(base::View vca) {
  auto get_version = take<spdm::GetVersion>(vca);
  auto version = get_version ? take<spdm::VersionResponse>(vca) : std::nullopt;
  auto get_capabilities = version ? take<spdm::GetCapabilities>(vca) : std::nullopt;
  auto capabilities = get_capabilities ? take<spdm::Capabilities>(vca) : std::nullopt;
  auto offer = capabilities ? take<spdm::NegotiateAlgorithms>(vca) : std::nullopt;
  auto choice = offer ? take<spdm::AlgorithmsResponse>(vca) : std::nullopt;
  if (!choice || !vca.empty()) return {};
  const spdm::Version spoken = choice->header.version;
  const bool of_one_version = get_capabilities->header.version == spoken && capabilities->header.version == spoken &&
                              offer->header.version == spoken;
  const spdm::Algorithms algorithms = spdm::algorithms_of(*choice);
  // What we cannot compute we cannot judge.
  if (!of_one_version || !spdm::digest_of(algorithms.base_hash) || spdm::signature_size(algorithms.base_asym) == 0)
    return {};
  return {.well_formed = true, .algorithms = algorithms, .capabilities = capabilities->flags};
}

Proof proof_of(const DeviceEvidence& evidence, const Negotiated& negotiated) {
  if (!negotiated.well_formed) return {};
  base::View in = evidence.proof.transcript;
  if (!skip(in, evidence.vca)) return {};
  if (evidence.proof.kind == ProofKind::kChallenge) return challenge_proof(in, negotiated);
  if (evidence.proof.kind == ProofKind::kKeyExchange) return key_exchange_proof(in, negotiated);
  return {};
}

Measured measured_of(const DeviceEvidence& evidence, const Negotiated& negotiated) {
  Measured out;
  if (!negotiated.well_formed || evidence.measurements.kind != ProofKind::kMeasurements) return out;
  base::View in = evidence.measurements.transcript;
  if (negotiated.algorithms.version >= spdm::Version::k12 && !skip(in, evidence.vca)) return out;
  spdm::Shape shape = shape_of(negotiated);
  while (!in.empty()) {
    if (out.nonce) return out;  // a signature ends the transcript
    auto request = take<spdm::GetMeasurements>(in);
    auto response = request ? take(in, spdm::Measurements{.shape = shape}) : std::nullopt;
    if (!response) return out;
    auto blocks = spdm::blocks_of(response->measurement_record);
    if (!blocks || blocks->size() != response->number_of_blocks) return out;
    out.blocks.insert(out.blocks.end(), blocks->begin(), blocks->end());
    if (!request->wants_signature()) continue;
    out.nonce = request->nonce;
    out.slot = request->slot_id;
    out.content_changed = (response->header.param2 & spdm::kContentChangeMask) == spdm::kContentChangeDetected;
  }
  out.well_formed = blocks_have_form(out.blocks);
  return out;
}

std::optional<spdm::DmtfMeasurement> measurement_in(const spdm::MeasurementBlock& block) {
  if (block.measurement_specification != spdm::kMeasurementSpecificationDmtf) return std::nullopt;
  auto measurement = wire::decode<spdm::DmtfMeasurement>(block.measurement);
  if (!measurement) return std::nullopt;
  return *std::move(measurement);
}

}  // namespace device_trust
