#pragma once
// A realm, its platform, its vendor and its owner, all of them open to every lie: alter anything before `carried`.
#include <string>

#include "guest/relying_party/cca_verifier.h"
#include "platform/protocol/cca/event_log.h"
#include "tsm/cca/attestation/signer.h"
#include "tsm/cca/attestation/vendor.h"

namespace cca_evidence {

// What the host hands over, as bytes.
struct Carried {
  base::Bytes token;
  base::Bytes endorsement;
  base::Bytes event_log;
};

struct Situation {
  Situation();

  std::string vendor = "vendor";  // who endorses the platform
  attestation::Platform platform;   // as it was built, and signs
  attestation::Platform endorsed;   // as the vendor knows it
  cca::RealmClaims realm;
  ccaproto::EventLog log;
  attestation::Edit edit;             // in front of each signature
  std::function<void(ccaproto::Token&)> after;  // what the host does to the token

  relying_party::CcaPolicy policy;
  base::Block<64> expected{};

  Carried carried() const;
  trust::Result<relying_party::CcaAppraisal> appraise(const Carried& carried) const;
  // "accepted", or the id of the row that spoke.
  std::string appraised() const { return verdict(appraise(carried())); }
  static std::string verdict(const trust::Result<relying_party::CcaAppraisal>& result);
};

// An editor of one claim: of every message of this name, before it is signed.
attestation::Edit set_claim(std::string message, std::string path, cbor::Value to);

}  // namespace cca_evidence
