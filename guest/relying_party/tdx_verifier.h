#pragma once
// Appraises a TD quote the way a relying party far away does: from bytes alone, all of which the host carried. Believes
// nothing but the owner's policy and the root certificate in it.
#include <string>
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/tdx_policy.h"
#include "platform/protocol/tdx/quote.h"
#include "platform/trust/defence.h"

namespace relying_party {

// What came over the network.
struct TdxEvidence {
  base::View quote;
  base::View collateral;  // tdxproto::Collateral, fetched by the host: untrusted, may be empty
  base::View event_log;   // untrusted, may be empty
};

// What the owner may now believe of the other end.
struct TdxAppraisal {
  tdxproto::QuoteContent quote;
  base::Block<16> ppid{};
  tdxproto::TcbStatus status = tdxproto::TcbStatus::kRevoked;  // the worst of platform, module and quoting enclave
  std::vector<std::string> advisories;                         // without repetitions
  std::uint32_t tcb_evaluation_data_number = 0;
};

// The first rule of tdx_rules.h that does not hold, or the appraisal. Pure: the same arguments give the same answer.
trust::Result<TdxAppraisal> appraise(const TdxEvidence& evidence, const TdxPolicy& policy,
                                     const base::Block<64>& expected_report_data, crypto::CalendarTime now,
                                     trust::Defences& defences);

// The same as a relying party asks for it.
Appraiser tdx_appraiser(TdxPolicy policy, trust::Defences& defences);

void collect_tdx_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
