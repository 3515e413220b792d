#include "platform/protocol/tdisp/tdisp.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdisp::Header)
