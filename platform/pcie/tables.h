#pragma once
// Every row of this room, for whoever lists or lifts defences.
#include <vector>

#include "platform/trust/defence.h"

namespace pcie {

std::vector<const trust::Defence*> defences();

}  // namespace pcie
