#include "platform/protocol/pkvm/registers.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(pkvmproto::Registers)
