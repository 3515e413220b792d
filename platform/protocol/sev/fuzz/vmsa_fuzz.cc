#include "platform/protocol/sev/vmsa.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::Vmsa)
