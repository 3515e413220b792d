#include "guest/relying_party/pkvm_verifier.h"

#include "guest/relying_party/pkvm_rules.h"
#include "guest/relying_party/place.h"

namespace relying_party {

namespace {

PkvmCase case_of(const PkvmEvidence& evidence, const PkvmPolicy& policy, const base::Block<64>& expected) {
  PkvmCase c{.policy = policy,
             .expected = expected,
             .chain = pkvmproto::decode_chain(evidence.chain),
             .evidence = cose::decode_sign1(evidence.evidence),
             .challenge = std::nullopt};
  const auto payload = c.evidence ? cbor::decode(c.evidence->payload) : std::nullopt;
  const cbor::Value* named = payload ? cbor::find(*payload, kPkvmChallengeLabel) : nullptr;
  if (named && named->as_bytes()) c.challenge = *named->as_bytes();
  return c;
}

}  // namespace

trust::Result<PkvmAppraisal> appraise(const PkvmEvidence& evidence, const PkvmPolicy& policy,
                                      const base::Block<64>& expected, trust::Defences& defences) {
  const PkvmCase c = case_of(evidence, policy, expected);
  if (auto no = defences.first_refusal<PkvmCase>(kPkvmRules, c, kPlace)) return *no;
  PkvmAppraisal out;
  out.device = c.chain->root_point;
  const auto& vm = c.chain->entries.at(policy.layers.size() - 1);
  out.code_hash = vm.code_hash;
  out.security_version = vm.config.security_version.value_or(0);
  return out;
}

Appraiser pkvm_appraiser(PkvmPolicy policy, trust::Defences& defences) {
  return {.kind = EvidenceKind::kDiceChain,
          .appraise = [policy = std::move(policy), &defences](const Evidence& evidence, const base::Block<64>& expected,
                                                              crypto::CalendarTime) -> trust::Result<> {
            const auto done = appraise(PkvmEvidence{.evidence = evidence.report, .chain = evidence.certificates},
                                       policy, expected, defences);
            if (!done) return done.refusal();
            return trust::ok();
          }};
}

void collect_pkvm_defences(std::vector<const trust::Defence*>& into) { trust::collect<PkvmCase>(into, kPkvmRules); }

}  // namespace relying_party
