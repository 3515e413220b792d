#include "platform/protocol/spdm/challenge.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::Challenge)
