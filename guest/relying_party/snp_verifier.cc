#include "guest/relying_party/snp_verifier.h"

#include "guest/relying_party/place.h"
#include "guest/relying_party/snp_rules.h"

namespace relying_party {

namespace {

SnpCase case_of(const SnpEvidence& evidence, const Policy& policy, const base::Block<64>& expected_report_data,
                crypto::CalendarTime now) {
  SnpCase c{.policy = policy,
            .raw = evidence.report,
            .expected_report_data = expected_report_data,
            .now = now,
            .well_formed = false,
            .report = {},
            .endorsement = {},
            .product = {},
            .accepted = nullptr};
  auto report = wire::decode<sevproto::Report>(evidence.report);
  if (!report) return c;
  c.well_formed = true;
  c.report = *report;
  c.endorsement = read_endorsement(evidence.certificates, sevproto::signing_key(c.report.key_info));
  if (c.report.version >= 3)
    c.product = product_of(c.report);
  else if (c.endorsement.leaf)
    c.product = product_of(*c.endorsement.leaf);
  if (c.product)
    if (auto at = policy.products.find(*c.product); at != policy.products.end()) c.accepted = &at->second;
  return c;
}

}  // namespace

trust::Result<Appraisal> appraise(const SnpEvidence& evidence, const Policy& policy,
                                  const base::Block<64>& expected_report_data, crypto::CalendarTime now,
                                  trust::Defences& defences) {
  SnpCase c = case_of(evidence, policy, expected_report_data, now);
  if (auto no = defences.first_refusal<SnpCase>(kSnpRules, c, kPlace)) return *no;
  return Appraisal{.product = c.packing(), .report = c.report};
}

Appraiser snp_appraiser(Policy policy, trust::Defences& defences) {
  const Picoseconds age = policy.session_age_max;
  return {.kind = EvidenceKind::kSnpReport, .session_age_max = age,
          .appraise = [policy = std::move(policy), &defences](const Evidence& evidence, const base::Block<64>& expected,
                                                              crypto::CalendarTime now) -> trust::Result<> {
            const SnpEvidence presented{.report = evidence.report, .certificates = evidence.certificates};
            const auto done = appraise(presented, policy, expected, now, defences);
            if (!done) return done.refusal();
            return trust::ok();
          }};
}

void collect_snp_defences(std::vector<const trust::Defence*>& into) { trust::collect<SnpCase>(into, kSnpRules); }

}  // namespace relying_party
