#include "platform/protocol/pkvm/vbmeta.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(pkvmproto::HashDescriptor)
