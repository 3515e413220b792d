#pragma once
// Every layout of this folder by name, for engines that print and patch bytes without knowing their type.
#include <vector>

#include "platform/wire/schema.h"

namespace sevproto {

const std::vector<wire::Schema>& schemas();

}  // namespace sevproto
