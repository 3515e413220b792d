#pragma once
// Appraises an SEV-SNP attestation report the way a relying party far away does: from bytes alone, all of which the
// host carried. Believes nothing but the owner's policy and the root certificates in it.
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/policy.h"
#include "platform/protocol/sev/report.h"
#include "platform/trust/defence.h"

namespace relying_party {

// What came over the network.
struct SnpEvidence {
  base::View report;
  base::View certificates;  // the host's certificate table: untrusted, may be empty
};

// What the owner may now believe of the other end.
struct Appraisal {
  sev::Product product = sev::Product::kMilan;
  sevproto::Report report;
};

// The first rule of snp_rules.h that does not hold, or the appraisal. Pure: the same arguments give the same answer.
trust::Result<Appraisal> appraise(const SnpEvidence& evidence, const Policy& policy,
                                  const base::Block<64>& expected_report_data, crypto::CalendarTime now,
                                  trust::Defences& defences);

// The same as a relying party asks for it.
Appraiser snp_appraiser(Policy policy, trust::Defences& defences);

void collect_snp_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
