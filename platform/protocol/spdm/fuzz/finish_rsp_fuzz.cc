#include "platform/protocol/spdm/key_exchange.h"
#include "platform/wire/fuzz.h"

using Message = spdm::FinishResponse;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.shape = {.handshake_in_the_clear = true}})
