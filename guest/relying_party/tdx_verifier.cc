#include "guest/relying_party/tdx_verifier.h"

#include "guest/relying_party/place.h"
#include "guest/relying_party/tdx_messages.h"
#include "guest/relying_party/tdx_rules.h"

namespace relying_party {

namespace {

TdxCase case_of(const TdxEvidence& evidence, const TdxPolicy& policy, const base::Block<64>& expected_report_data,
                crypto::CalendarTime now) {
  TdxCase c{.policy = policy,
            .expected_report_data = expected_report_data,
            .now = now,
            .quote = tdxproto::read_quote(evidence.quote),
            .endorsement = {},
            .log = {}};
  if (c.quote) c.endorsement = read_endorsement(*c.quote, evidence.collateral);
  if (auto log = tdxproto::decode_event_log(evidence.event_log)) c.log = *log;
  return c;
}

}  // namespace

trust::Result<TdxAppraisal> appraise(const TdxEvidence& evidence, const TdxPolicy& policy,
                                     const base::Block<64>& expected_report_data, crypto::CalendarTime now,
                                     trust::Defences& defences) {
  const TdxCase c = case_of(evidence, policy, expected_report_data, now);
  if (auto no = defences.first_refusal<TdxCase>(kTdxRules, c, kPlace)) return *no;
  // Whatever is absent here was asked for by a row that is lifted.
  TdxAppraisal out;
  out.quote = c.content();
  if (c.endorsement.platform) out.ppid = c.endorsement.platform->ppid;
  if (c.endorsement.tcb_info) out.tcb_evaluation_data_number = c.endorsement.tcb_info->tcb_evaluation_data_number;
  auto verdict = tcb_of(c);
  if (auto qe = qe_tcb_of(c); verdict && qe) {
    verdict->join(*qe);
    out.status = verdict->status;
    out.advisories = verdict->advisories;
  }
  return out;
}

Appraiser tdx_appraiser(TdxPolicy policy, trust::Defences& defences) {
  return {.kind = EvidenceKind::kTdQuote, .session_age_max = kSessionAgeMax,
          .appraise = [policy = std::move(policy), &defences](const Evidence& evidence, const base::Block<64>& expected,
                                                              crypto::CalendarTime now) -> trust::Result<> {
            const auto beside = wire::decode<TdxAttachment>(evidence.certificates);
            const TdxAttachment none, &attachment = beside ? *beside : none;
            const TdxEvidence presented{.quote = evidence.report, .collateral = attachment.collateral, .event_log = attachment.event_log};
            const auto done = appraise(presented, policy, expected, now, defences);
            if (!done) return done.refusal();
            return trust::ok();
          }};
}

void collect_tdx_defences(std::vector<const trust::Defence*>& into) { trust::collect<TdxCase>(into, kTdxRules); }

}  // namespace relying_party
