#include "platform/requester/rows.h"

#include "platform/requester/assignment_rules.h"
#include "platform/requester/doe_rules.h"
#include "platform/requester/ide_km_rules.h"
#include "platform/requester/spdm_connect_rules.h"
#include "platform/requester/spdm_evidence_rules.h"
#include "platform/requester/spdm_session_rules.h"
#include "platform/requester/tdisp_rules.h"

namespace requester {

std::vector<const trust::Defence*> rows() {
  std::vector<const trust::Defence*> all;
  trust::collect<StartCase>(all, kStartRules);
  trust::collect<ArrivalCase>(all, kArrivalRules);
  trust::collect<RecordCase>(all, kRecordRules);
  trust::collect<HeaderCase>(all, kHeaderRules);
  trust::collect<FormCase>(all, kFormRules);
  trust::collect<RetryCase>(all, kRetryRules);
  trust::collect<ChunkCase>(all, kChunkRules);
  trust::collect<VersionCase>(all, kVersionRules);
  trust::collect<CapabilitiesCase>(all, kCapabilitiesRules);
  trust::collect<AlgorithmsCase>(all, kAlgorithmsRules);
  trust::collect<PortionCase>(all, kPortionRules);
  trust::collect<ChainCase>(all, kChainRules);
  trust::collect<ChallengeCase>(all, kChallengeRules);
  trust::collect<MeasurementsCase>(all, kMeasurementsRules);
  trust::collect<ProbeCase>(all, kProbeRules);
  trust::collect<KeyExchangeCase>(all, kKeyExchangeRules);
  trust::collect<FinishCase>(all, kFinishRules);
  trust::collect<PskExchangeCase>(all, kPskExchangeRules);
  trust::collect<KeyUpdateCase>(all, kKeyUpdateRules);
  trust::collect<VendorDefinedCase>(all, kVendorDefinedRules);
  trust::collect<DiscoveryCase>(all, kDiscoveryRules);
  trust::collect<IdeKmStartCase>(all, kIdeKmStartRules);
  trust::collect<IdeKmResponseCase>(all, kIdeKmResponseRules);
  trust::collect<IdeKmKeyCase>(all, kIdeKmKeyRules);
  trust::collect<TdispStartCase>(all, kTdispStartRules);
  trust::collect<TdispResponseCase>(all, kTdispResponseRules);
  trust::collect<TdispVersionCase>(all, kTdispVersionRules);
  trust::collect<TdispReportCase>(all, kTdispReportRules);
  trust::collect<TdispStateCase>(all, kTdispStateRules);
  trust::collect<MailboxCase>(all, kMailboxRules);
  trust::collect<PeerCase>(all, kPeerRules);
  return all;
}

}  // namespace requester
