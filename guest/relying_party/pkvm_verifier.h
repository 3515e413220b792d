#pragma once
// Appraises evidence of a protected VM the way a relying party far away does: from bytes alone, all of which the host
// carried. Believes nothing but the owner's policy.
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/pkvm_policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

// What came over the network.
struct PkvmEvidence {
  base::View evidence;  // COSE_Sign1 of the VM's key
  base::View chain;     // its DICE chain
};

// What the owner may now believe of the other end.
struct PkvmAppraisal {
  base::Bytes device;  // the root key
  pkvmproto::DiceHash code_hash{};
  std::int64_t security_version = 0;
};

// The label of a challenge in what is signed (tsm/abi has the same).
inline constexpr std::int64_t kPkvmChallengeLabel = 10;

// The first rule of pkvm_rules.h that does not hold, or the appraisal. Pure: the same arguments give the same answer.
trust::Result<PkvmAppraisal> appraise(const PkvmEvidence& evidence, const PkvmPolicy& policy,
                                      const base::Block<64>& expected, trust::Defences& defences);
Appraiser pkvm_appraiser(PkvmPolicy policy, trust::Defences& defences);

void collect_pkvm_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
