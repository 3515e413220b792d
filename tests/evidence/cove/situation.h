#pragma once
// A TVM, its platform, the vendor and the owner, all of them open to every lie: alter anything before `carried`.
#include <array>
#include <functional>
#include <optional>
#include <string>

#include "guest/relying_party/cove_verifier.h"
#include "platform/protocol/cose/key.h"
#include "tsm/cove/attest/layers.h"
#include "tsm/cove/attest/vendor.h"

namespace cove_evidence {

// What the host hands over, as bytes.
struct Carried {
  base::Bytes certificate, endorsement, event_log;
};

struct Situation {
  Situation();

  attest::Platform platform;                      // as it was started
  std::string vendor = "Emulated CoVE platforms"; // who endorsed it
  cove::Tvm tvm;                                  // as the TSM has it
  coveproto::EventLog log;
  coveproto::Challenge challenge{};
  attest::Edit edit;                              // in front of each signature
  std::uint32_t format = coveproto::kCertificateCbor;
  // Of the X.509 form, before the TSM signs it.
  std::function<void(crypto::CertificateContent&)> alter;
  // Instead of the TSM: whoever signs what is said of the TVM, and whoever signs the certificate.
  std::optional<crypto::EcKey> tvm_signer, certificate_signer;

  relying_party::CovePolicy policy;
  coveproto::Challenge expected{};
  crypto::CalendarTime now;

  Carried carried() const;
  // "accepted", or the id of the row that spoke.
  std::string appraised() const { return verdict(appraise(carried())); }
  static std::string verdict(const trust::Result<relying_party::CoveAppraisal>& result);
  trust::Result<relying_party::CoveAppraisal> appraise(const Carried& carried) const;
};

// An editor of one claim: what `path` leads to in the token of that name.
attest::Edit set_claim(std::string token, std::string path, cbor::Value to);
attest::Edit drop_claim(std::string token, std::string path);

}  // namespace cove_evidence
