#include "platform/protocol/spdm/capabilities.h"
#include "platform/wire/fuzz.h"

using Message = spdm::Capabilities;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.header = {.version = spdm::Version::k13, .code = spdm::Code::kCapabilities, .param1 = 1}})
