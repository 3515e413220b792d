#include "guest/relying_party/cove_verifier.h"

#include "guest/relying_party/cove_messages.h"
#include "guest/relying_party/cove_rules.h"
#include "guest/relying_party/place.h"

namespace relying_party {

trust::Result<CoveAppraisal> appraise(const CoveEvidence& evidence, const CovePolicy& policy, const base::Block<64>& expected_challenge,
                                      crypto::CalendarTime now, trust::Defences& defences) {
  const CoveCase c{.policy = policy,
                   .expected_challenge = expected_challenge,
                   .now = now,
                   .evidence = coveproto::read_evidence(evidence.certificate),
                   .endorsement = crypto::Certificate::from_der(evidence.endorsement),
                   .log = coveproto::decode_event_log(evidence.event_log)};
  if (auto no = defences.first_refusal<CoveCase>(kCoveRules, c, kPlace)) return *no;
  return CoveAppraisal{c.evidence};
}

Appraiser cove_appraiser(CovePolicy policy, trust::Defences& defences) {
  return {.kind = EvidenceKind::kCoveEvidence, .session_age_max = kSessionAgeMax,
          .appraise = [policy = std::move(policy), &defences](const Evidence& evidence, const base::Block<64>& expected,
                                                              crypto::CalendarTime now) -> trust::Result<> {
            const auto beside = wire::decode<CoveAttachment>(evidence.certificates);
            const CoveAttachment none, &attachment = beside ? *beside : none;
            const CoveEvidence presented{.certificate = evidence.report,
                                         .endorsement = attachment.endorsement,
                                         .event_log = attachment.event_log};
            const auto done = appraise(presented, policy, expected, now, defences);
            if (!done) return done.refusal();
            return trust::ok();
          }};
}

void collect_cove_defences(std::vector<const trust::Defence*>& into) { trust::collect<CoveCase>(into, kCoveRules); }

}  // namespace relying_party
