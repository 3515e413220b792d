#pragma once
// A TD, its platform, its vendor and its owner, all of them open to every lie: alter anything before `evidence`.
#include <set>
#include <string>
#include <vector>

#include "guest/relying_party/tdx_verifier.h"
#include "platform/protocol/tdx/collateral.h"
#include "platform/protocol/tdx/event_log.h"
#include "platform/protocol/tdx/quote.h"
#include "tsm/tdx/quoting/provisioning.h"
#include "tsm/tdx/quoting/quoting_enclave.h"

namespace tdx_evidence {

// What the host hands over, as bytes.
struct Carried {
  base::Bytes quote;
  base::Bytes collateral;
  base::Bytes event_log;
};

struct Situation {
  explicit Situation(std::uint16_t version = tdxproto::kQuoteVersion5);

  std::uint16_t version;
  std::string vendor = "vendor";      // who certified the platform
  std::string tcb_vendor = "vendor";  // who says what is up to date
  quoting::Platform platform;         // as it was built
  quoting::Platform certified;        // as the vendor certified it
  tdxproto::EnclaveReport qe = quoting::quoting_enclave_identity();
  tdxproto::Report report;
  tdxproto::EventLog log;
  quoting::Service service;
  quoting::Edit edit_quote;     // in front of each signature in the quote
  quoting::Edit edit_service;   // in front of each signature of the vendor
  std::set<std::size_t> flips;  // offsets in the quote of bytes altered afterwards

  relying_party::TdxPolicy policy;
  base::Block<64> expected{};
  crypto::CalendarTime now;

  std::vector<crypto::Certificate> pck_chain() const;
  base::Bytes sealed_report() const;
  Carried carried() const;

  // "accepted", or the id of the row that spoke.
  std::string appraised() const;
  static std::string verdict(const trust::Result<relying_party::TdxAppraisal>& result);
  trust::Result<relying_party::TdxAppraisal> appraise(const Carried& carried) const;
};

// An editor of one field: of every message of this name, before it is signed.
quoting::Edit set_bytes(std::string message, std::size_t offset, base::Bytes to);
quoting::Edit flip(std::string message, std::size_t offset);

}  // namespace tdx_evidence
