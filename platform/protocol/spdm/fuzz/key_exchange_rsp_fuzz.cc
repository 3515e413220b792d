#include "platform/protocol/spdm/key_exchange.h"
#include "platform/wire/fuzz.h"

using Message = spdm::KeyExchangeResponse;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.shape = {.measurement_summary = true}})
