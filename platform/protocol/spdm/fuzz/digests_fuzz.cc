#include "platform/protocol/spdm/certificates.h"
#include "platform/wire/fuzz.h"

using Message = spdm::Digests;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.header = {.version = spdm::Version::k13, .code = spdm::Code::kDigests, .param2 = 5},
                            .shape = {.multi_key = true}})
