#include "platform/protocol/spdm/challenge.h"
#include "platform/wire/fuzz.h"

using Message = spdm::ChallengeAuth;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.shape = {.measurement_summary = true}})
