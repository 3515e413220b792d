// GET_DIGESTS, GET_CERTIFICATE and CHALLENGE.
#include <bit>

#include "platform/crypto/certificate.h"
#include "platform/crypto/rsa_key.h"
#include "platform/protocol/spdm/signing.h"
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_evidence_rules.h"

namespace requester {
namespace {

constexpr std::size_t kChainBytesMax = 0xffff;

bool is_key_of(const spdm::Algorithms& algorithms, base::View public_key_info) {
  const std::size_t size = spdm::signature_size(algorithms.base_asym);
  if (spdm::ecdsa_curve_of(algorithms.base_asym)) {
    const auto point = crypto::point_of(public_key_info);
    return point && point->size() == size;
  }
  return size != 0 && crypto::rsa_modulus_size(public_key_info) == size;
}

}  // namespace

base::Bytes Spdm::ask_digests() { return wire::encode(spdm::GetDigests{.header = header(spdm::Code::kGetDigests)}); }

Spdm::No Spdm::take_digests(base::View response) {
  doe::Padded<spdm::Digests> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::Digests{.shape = shape()}, message)})) return no;
  const spdm::Digests& digests = message.message;
  learned_.slots_provisioned = digests.header.param2;
  for (std::uint8_t slot = 0; slot < spdm::kSlotCount; ++slot) {
    const base::Bytes digest = base::bytes_of(spdm::digest_of_slot(digests, slot));
    std::optional<Slot>& known = learned_.slots[slot];
    if (digest.empty()) {
      known.reset();
    } else if (!known || known->digest != digest) {
      known = Slot{.digest = digest};
    }
  }
  if (!in_session()) {
    base::append(certificates_log_, request_);
    base::append(certificates_log_, message.raw);
  }
  reading_ = {.slots_left = static_cast<std::uint8_t>(std::get<ReadCertificates>(goal_).slots & digests.header.param2)};
  read_next_slot();
  return std::nullopt;
}

void Spdm::read_next_slot() {
  const std::uint8_t left = reading_.slots_left;
  if (left == 0) return;
  const auto slot = static_cast<std::uint8_t>(std::countr_zero(left));
  reading_ = {.slots_left = static_cast<std::uint8_t>(left & (left - 1)), .slot = slot};
  begin(Step::kCertificate);
}

base::Bytes Spdm::ask_certificate() {
  const std::size_t left = reading_.size - reading_.chain.size();
  const std::size_t portion = settings_.certificate_portion;
  return wire::encode(spdm::GetCertificate{
      .header = header(spdm::Code::kGetCertificate, reading_.slot),
      .offset = static_cast<std::uint16_t>(reading_.chain.size()),
      .length = static_cast<std::uint16_t>(reading_.size != 0 && left < portion ? left : portion)});
}

Spdm::No Spdm::take_certificate(base::View response) {
  doe::Padded<spdm::CertificateResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::CertificateResponse{}, message)})) return no;
  const spdm::CertificateResponse& portion = message.message;
  const auto request = wire::decode<spdm::GetCertificate>(request_);
  const std::size_t size = reading_.chain.size() + portion.portion.size() + portion.remainder_length;
  const PortionCase c{
      .of_slot = (portion.header.param1 & spdm::kSlotMask) == reading_.slot,
      .fits = !portion.portion.empty() && portion.portion.size() <= request->length,
      .steady = reading_.size == 0 || reading_.size == size,
      .in_bound = size <= kChainBytesMax && ++reading_.portions <= settings_.limits.certificate_portions_max};
  if (auto no = refused(kPortionRules, c)) return no;
  if (!in_session()) {
    base::append(certificates_log_, request_);
    base::append(certificates_log_, message.raw);
  }
  reading_.size = size;
  base::append(reading_.chain, portion.portion);
  if (portion.remainder_length != 0) {
    begin(Step::kCertificate);
    return std::nullopt;
  }
  learned_.slots[reading_.slot]->model = static_cast<spdm::CertificateModel>(portion.header.param2 & 7);
  return take_chain();
}

Spdm::No Spdm::take_chain() {
  const spdm::Algorithms& algorithms = learned_.algorithms;
  Slot& slot = *learned_.slots[reading_.slot];
  ChainCase c{};
  c.has_digest = crypto::hash(spdm::hash_of(algorithms), reading_.chain) == slot.digest;
  const auto chain = wire::decode<spdm::CertificateChain>(reading_.chain, {.shape = shape()});
  std::vector<base::Bytes> certificates;
  if (chain) certificates = spdm::split_certificates(chain->certificates);
  c.has_form = !certificates.empty();
  std::optional<crypto::Certificate> leaf;
  if (c.has_form) leaf = crypto::Certificate::from_der(certificates.back());
  c.has_key = leaf && is_key_of(algorithms, leaf->public_key());
  if (auto no = refused(kChainRules, c)) return no;
  slot.chain = reading_.chain;
  slot.certificates = std::move(certificates);
  slot.public_key = leaf->public_key();
  read_next_slot();
  return std::nullopt;
}

// ---- CHALLENGE ------------------------------------------------------------------------------------------------------

base::Bytes Spdm::ask_challenge() {
  const Challenge& goal = std::get<Challenge>(goal_);
  nonce_ = random_block<spdm::kNonceSize>();
  context_ = random_block<spdm::kRequesterContextSize>();
  return wire::encode(spdm::Challenge{.header = header(spdm::Code::kChallenge, goal.slot, goal.summary),
                                      .nonce = nonce_,
                                      .requester_context = context_});
}

Spdm::No Spdm::take_challenge(base::View response) {
  const Challenge& goal = std::get<Challenge>(goal_);
  spdm::Shape form = shape();
  form.measurement_summary = goal.summary != spdm::kSummaryNone;
  doe::Padded<spdm::ChallengeAuth> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::ChallengeAuth{.shape = form}, message)})) return no;
  const spdm::ChallengeAuth& auth = message.message;
  const Slot& slot = *learned_.slots[goal.slot];

  const base::View signed_part = base::View(message.raw).first(message.raw.size() - form.signature);
  const spdm::ChallengeTranscript transcript{.vca = learned_.vca,
                                             .certificates = certificates_log_,
                                             .challenge = request_,
                                             .challenge_auth = base::bytes_of(signed_part)};
  const SignedEvidence evidence{.slot = goal.slot,
                                .nonce = nonce_,
                                .transcript = transcript.bytes(),
                                .signature = auth.signature,
                                .opaque_data = auth.opaque_data};
  const ChallengeCase c{
      .of_slot = (auth.header.param1 & spdm::kSlotMask) == goal.slot,
      .of_chain = auth.cert_chain_hash == slot.digest,
      .of_request = !auth.has_context() || auth.requester_context == context_,
      .without_mutual =
          learned_.version >= spdm::Version::k12 || (auth.header.param1 & spdm::kBasicMutualAuthRequested) == 0,
      .has_opaque_size = auth.opaque_data.size() <= spdm::kOpaqueSizeMax,
      .is_signed = spdm::verify(learned_.algorithms, learned_.algorithms.base_asym, spdm::Purpose::kChallengeAuth,
                                evidence.transcript, slot.public_key, auth.signature)};
  if (auto no = refused(kChallengeRules, c)) return no;
  learned_.challenge =
      ChallengeResult{.evidence = evidence, .summary = goal.summary, .summary_hash = auth.measurement_summary_hash};
  authenticated_ = true;
  certificates_log_.clear();
  return std::nullopt;
}

}  // namespace requester
