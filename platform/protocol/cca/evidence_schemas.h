#pragma once
// The claim sets of the evidence by name, for whoever prints and patches bytes without knowing their type.
#include <vector>

#include "platform/wire/schema.h"

namespace ccaproto {

const std::vector<wire::Schema>& evidence_schemas();

}  // namespace ccaproto
