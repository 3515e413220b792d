#include "platform/protocol/tdx/registers.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdxproto::Registers)
