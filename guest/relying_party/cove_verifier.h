#pragma once
// Appraises CoVE evidence the way a relying party far away does: from bytes alone, all of which the host carried. Believes nothing but
// the owner's policy and the root certificate in it.
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/cove_policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

// What came over the network.
struct CoveEvidence {
  base::View certificate;  // as sbi_covg_get_evidence gives it
  base::View endorsement;  // of the root of trust, DER; untrusted, may be empty
  base::View event_log;    // untrusted, may be empty
};

// What the owner may now believe of the other end.
struct CoveAppraisal {
  std::optional<coveproto::ReadEvidence> evidence;  // empty only where the row that asks for it is lifted
};

// The first rule of cove_rules.h that does not hold, or the appraisal. Pure: the same arguments give the same answer.
trust::Result<CoveAppraisal> appraise(const CoveEvidence& evidence, const CovePolicy& policy, const base::Block<64>& expected_challenge,
                                      crypto::CalendarTime now, trust::Defences& defences);
Appraiser cove_appraiser(CovePolicy policy, trust::Defences& defences);

void collect_cove_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
