#include "platform/protocol/spdm/key_exchange.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::KeyExchange)
