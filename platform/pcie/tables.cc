#include "platform/pcie/tables.h"

#include "platform/pcie/ide_rules.h"
#include "platform/pcie/iommu_rules.h"

namespace pcie {

std::vector<const trust::Defence*> defences() {
  std::vector<const trust::Defence*> out;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) out.push_back(&rule.defence);
  };
  add(kOpenRules);
  add(kSendRules);
  add(kArriveRules);
  add(kClearRules);
  add(kPcrcRules);
  add(kUnitRules);
  add(kHeldRules);
  add(kDroppedRules);
  add(kCompletionRules);
  add(kDmaRules);
  add(kUpstreamRules);
  add(kPeerRules);
  out.push_back(&kConfirmed);
  return out;
}

}  // namespace pcie
