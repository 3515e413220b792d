#pragma once
// The public layouts of the command buffers that a host hands to the security processor, for whoever prints or alters a call.
#include "platform/protocol/sev/status.h"
#include "platform/wire/schema.h"

namespace sev {

// Null where the buffer is no structure of commands.h.
const wire::Schema* schema_of(sevproto::Command command);

}  // namespace sev
