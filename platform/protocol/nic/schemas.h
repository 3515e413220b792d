#pragma once
// Every layout of this folder by name, for whoever prints and patches bytes without knowing their type.
#include <vector>

#include "platform/wire/schema.h"

namespace nic {

const std::vector<wire::Schema>& schemas();

}  // namespace nic
