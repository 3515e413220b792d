#pragma once
// Which of the host's events an SNP guest takes that has asked for one of the two restrictions. A guest that asked for neither takes all.
#include "platform/cpu/event.h"
#include "platform/trust/defence.h"
#include "tsm/sev/level.h"

namespace sev {

struct InjectionCase {
  Level level;
  const cpu::Event& event;
  bool doorbell() const { return event.type == cpu::EventType::kException && event.vector == cpu::kDoorbellVector; }
};
inline constexpr trust::Rule<InjectionCase> kInjectionRules[] = {
    {{"snp.injection.restricted", "APM vol. 2 r3.43, 15.36.16",
      "Of the host's events none but #HV reaches a guest with restricted injection."},
     [](const InjectionCase& c) { return c.level != Level::kSnp || c.doorbell(); }},
    {{"snp.injection.alternate", "APM vol. 2 r3.43, 15.36.17",
      "A guest with alternate injection takes its events from its own save area, and none that the host asks for."},
     [](const InjectionCase& c) { return c.level != Level::kSnp; }},
};

}  // namespace sev
