#include "platform/protocol/spdm/error.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::Error)
