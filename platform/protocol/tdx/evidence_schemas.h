#pragma once
// The evidence formats of this folder by name, for whoever prints or alters them.
#include <vector>

#include "platform/wire/schema.h"

namespace tdxproto {

const std::vector<wire::Schema>& evidence_schemas();

}  // namespace tdxproto
