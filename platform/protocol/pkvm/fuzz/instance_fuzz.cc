#include "platform/protocol/pkvm/instance.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(pkvmproto::InstanceRecord)
