#pragma once
// Every row of the responder's tables, for whoever lists them or lifts them.
#include <vector>

#include "platform/trust/defence.h"

namespace responder {

std::vector<const trust::Defence*> defences();

}  // namespace responder
