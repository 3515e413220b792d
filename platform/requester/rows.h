#pragma once
// Every row of this room, for whoever lists or lifts them.
#include <vector>

#include "platform/trust/defence.h"

namespace requester {

std::vector<const trust::Defence*> rows();

}  // namespace requester
