#pragma once
// Appraises a CCA attestation token the way a relying party far away does: from bytes alone, all of which the host carried. Believes
// nothing but the owner's policy and the vendor's key in it.
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/cca_policy.h"
#include "platform/protocol/cca/token.h"

namespace relying_party {

// What came over the network.
struct CcaEvidence {
  base::View token;
  base::View endorsement;  // of the platform's key, carried by the host; may be empty
  base::View event_log;    // untrusted, may be empty
};

// What the owner may now believe of the other end.
struct CcaAppraisal {
  ccaproto::PlatformClaims platform;
  ccaproto::RealmTokenClaims realm;
};

// The first rule of cca_rules.h that does not hold, or the appraisal. Pure: the same arguments give the same answer.
trust::Result<CcaAppraisal> appraise(const CcaEvidence& evidence, const CcaPolicy& policy, const base::Block<64>& expected_challenge,
                                     trust::Defences& defences);

Appraiser cca_appraiser(CcaPolicy policy, trust::Defences& defences);
void collect_cca_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
