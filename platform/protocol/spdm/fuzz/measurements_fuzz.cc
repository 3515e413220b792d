#include "platform/protocol/spdm/measurements.h"
#include "platform/wire/fuzz.h"

using Message = spdm::Measurements;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.shape = {.signed_measurements = true}})
