#pragma once
// Every layout by name, for whoever prints and patches bytes without knowing their type.
#include <vector>

#include "platform/wire/schema.h"

namespace pkvmproto {

const std::vector<wire::Schema>& schemas();

}  // namespace pkvmproto
