#include "platform/protocol/sev/id_block.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::IdAuth)
