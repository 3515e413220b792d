#include "platform/protocol/spdm/encapsulated.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::EncapsulatedResponseAck)
