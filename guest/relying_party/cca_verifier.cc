#include "guest/relying_party/cca_verifier.h"

#include "guest/relying_party/cca_messages.h"
#include "guest/relying_party/cca_rules.h"
#include "guest/relying_party/place.h"

namespace relying_party {
namespace {

CcaCase case_of(const CcaEvidence& evidence, const CcaPolicy& policy, const base::Block<64>& expected_challenge) {
  CcaCase c{.policy = policy,
            .expected_challenge = expected_challenge,
            .token = ccaproto::decode_token(evidence.token),
            .platform = {},
            .realm = {},
            .endorsement_message = cose::decode_sign1(evidence.endorsement),
            .endorsement = {},
            .log = {}};
  if (c.token) {
    c.platform = ccaproto::platform_claims(c.token->platform.payload);
    c.realm = ccaproto::realm_claims(c.token->realm.payload);
  }
  if (c.endorsement_message) c.endorsement = ccaproto::key_endorsement(c.endorsement_message->payload);
  if (auto log = ccaproto::decode_event_log(evidence.event_log)) c.log = *log;
  return c;
}

}  // namespace

trust::Result<CcaAppraisal> appraise(const CcaEvidence& evidence, const CcaPolicy& policy, const base::Block<64>& expected_challenge,
                                     trust::Defences& defences) {
  const CcaCase c = case_of(evidence, policy, expected_challenge);
  if (auto no = defences.first_refusal<CcaCase>(kCcaRules, c, kPlace)) return *no;
  return CcaAppraisal{c.platform.value_or(ccaproto::PlatformClaims{}), c.realm.value_or(ccaproto::RealmTokenClaims{})};
}

Appraiser cca_appraiser(CcaPolicy policy, trust::Defences& defences) {
  return {.kind = EvidenceKind::kCcaToken, .session_age_max = kSessionAgeMax,
          .appraise = [policy = std::move(policy), &defences](const Evidence& evidence, const base::Block<64>& expected,
                                                              crypto::CalendarTime) -> trust::Result<> {
            const auto beside = wire::decode<CcaAttachment>(evidence.certificates);
            const auto carried = beside ? *beside : CcaAttachment{};
            const auto result = appraise(
                CcaEvidence{.token = evidence.report, .endorsement = carried.endorsement, .event_log = carried.event_log}, policy, expected, defences);
            if (!result) return result.refusal();
            return trust::ok();
          }};
}

void collect_cca_defences(std::vector<const trust::Defence*>& into) { trust::collect<CcaCase>(into, kCcaRules); }

}  // namespace relying_party
