#pragma once
// What keeps a guest's counter from its host, whichever technology does.
#include "platform/trust/defence.h"

namespace engine {

inline constexpr trust::Defence kCounterRow{
    "cpu.tsc.protected", "AMD APM volume 2, 15.36.18, Secure TSC; TDX module base specification, TSC virtualization; RMM 1.0, A8; CoVE, time",
    "A guest's counter runs as its protector set it, whatever offset or rate the host writes.", trust::Act::kRefuse};

}  // namespace engine
