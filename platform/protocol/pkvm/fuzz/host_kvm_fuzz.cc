#include "platform/protocol/pkvm/host_structs.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(pkvmproto::HostKvm)
