#pragma once
// Every layout of this folder by name, for engines that print and patch bytes without knowing their type. Messages
// whose sizes were negotiated are read as in the usual suite, that of Shape{}.
#include <vector>

#include "platform/wire/schema.h"

namespace spdm {

const std::vector<wire::Schema>& schemas();

}  // namespace spdm
