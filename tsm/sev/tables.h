#pragma once
// Every row of the SEV family's rule tables, in the order in which the tables stand.
#include <vector>

#include "platform/trust/defence.h"

namespace sev {

std::vector<const trust::Defence*> defences();

}  // namespace sev
