#include "platform/protocol/sev/launch_measure.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::SecretHeader)
