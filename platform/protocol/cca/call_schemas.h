#pragma once
// Every layout of the calls by name, for whoever prints and patches bytes without knowing their type.
#include <vector>

#include "platform/wire/schema.h"

namespace ccaproto {

const std::vector<wire::Schema>& call_schemas();

}  // namespace ccaproto
