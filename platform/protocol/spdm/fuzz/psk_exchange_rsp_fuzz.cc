#include "platform/protocol/spdm/psk.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::PskExchangeResponse)
