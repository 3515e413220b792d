#pragma once
// What owners who care ask about a guest at run time: which workload it extended into the register that is set apart for one.
#include "guest/programs/workload.h"
#include "scenarios/engine/world.h"

namespace engine {

inline constexpr unsigned kWorkloadRegister = programs::kWorkloadRegister;

inline bool wants_workload(const MachineSettings& settings) { return settings.value("owner0.workload-policy", "disabled") == "enabled"; }

}  // namespace engine
