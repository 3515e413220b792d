#include "platform/protocol/nic/nic.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(nic::Descriptor)
