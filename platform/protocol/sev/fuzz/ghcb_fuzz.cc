#include "platform/protocol/sev/ghcb.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::Ghcb)
