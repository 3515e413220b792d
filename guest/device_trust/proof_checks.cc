// The predicates of proof_rules.h that take more than a line.
#include "guest/device_trust/proof_rules.h"

#include <algorithm>

#include "platform/crypto/digest.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/signing.h"

namespace device_trust {
namespace {

bool one_of(std::uint32_t chosen, std::uint32_t accepted) {
  return accepted == 0 || (chosen != 0 && (chosen & ~accepted) == 0);
}

}  // namespace

bool device_is_authenticated(const DeviceCase& c) {
  return !c.policy.require_authentication || !c.evidence.vca.empty();
}

bool algorithms_are_accepted(const DeviceCase& c) {
  const spdm::Algorithms& chosen = c.negotiated.algorithms;
  const NegotiationPolicy& accepted = c.policy.negotiation;
  if (!one_of(chosen.base_asym, accepted.base_asym) || !one_of(chosen.base_hash, accepted.base_hash)) return false;
  const bool opens_session = (accepted.capabilities & spdm::kCapKeyExchange) != 0;
  return !opens_session || (one_of(chosen.dhe, accepted.dhe) && one_of(chosen.aead, accepted.aead));
}

bool holds_leaf_key(const DeviceCase& c) {
  if (c.proof.slot != c.slot) return false;
  if (c.proof.chain_hash != crypto::hash(spdm::hash_of(c.negotiated.algorithms), c.chain)) return false;
  const spdm::Purpose purpose = c.evidence.proof.kind == ProofKind::kChallenge ? spdm::Purpose::kChallengeAuth
                                                                                : spdm::Purpose::kKeyExchangeRsp;
  return spdm::verify(c.negotiated.algorithms, c.negotiated.algorithms.base_asym, purpose, c.evidence.proof.transcript,
                      c.leaf_key, c.evidence.proof.signature);
}

bool nonces_are_ours(const DeviceCase& c) {
  const Asked& asked = c.question.asked;
  if (asked.proof && c.proof.nonce != *asked.proof) return false;
  // Measurements without a signature have no nonce: their session, opened with the proof's, is what is fresh.
  // Where the security manager asked in the guest's place, its word on freshness is what the guest has.
  if (c.question.tsm && !asked.measurements) return true;
  return !c.measured.nonce || c.measured.nonce == asked.measurements;
}

bool came_as_the_tsm_says(const DeviceCase& c) {
  const auto& tsm = c.question.tsm;
  if (!tsm) return !c.policy.interface.require_tsm_digests;
  const TsmDigests carried{.certificates = crypto::sha384(c.chain),
                           .measurements = crypto::sha384(c.evidence.measurements.transcript),
                           .report = crypto::sha384(c.evidence.report)};
  return carried == *tsm;
}

}  // namespace device_trust
