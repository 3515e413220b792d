#include "devices/responder/defences.h"

#include "devices/responder/capability_rules.h"

namespace responder {
namespace {

template <class Case>
void add(std::vector<const trust::Defence*>& into, std::span<const MessageRule<Case>> rules) {
  for (const auto& rule : rules) into.push_back(&rule.defence);
}

}  // namespace

std::vector<const trust::Defence*> defences() {
  std::vector<const trust::Defence*> all{&kEndsWithFirmware};
  add<RequestCase>(all, kRequestRules);
  add<FormCase>(all, kFormRules);
  add<FormCase>(all, kReadyRules);
  add<CapabilitiesCase>(all, kCapabilitiesRules);
  add<NegotiateCase>(all, kNegotiateRules);
  add<SlotCase>(all, kSlotRules);
  add<SummaryCase>(all, kSummaryRules);
  add<MeasurementCase>(all, kMeasurementRules);
  add<OpeningCase>(all, kOpeningRules);
  add<MutualCase>(all, kMutualRules);
  add<HintCase>(all, kHintRules);
  add<FinishKindCase>(all, kFinishKindRules);
  add<FinishCase>(all, kFinishRules);
  add<VerifyCase>(all, kPskFinishRules);
  add<RecordCase>(all, kRecordRules);
  add<KeyUpdateCase>(all, kKeyUpdateRules);
  add<HeartbeatCase>(all, kHeartbeatRules);
  add<VendorCase>(all, kVendorRules);
  add<PendingCase>(all, kChunkingRules);
  add<ChunkCase>(all, kChunkRules);
  add<FormCase>(all, kChunkGetRules);
  add<FlowCase>(all, kFlowRules);
  add<PendingCase>(all, kEncapsulatedRules);
  return all;
}

}  // namespace responder
