#include "devices/dsm/logic.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(dsm::DmaDecision)
