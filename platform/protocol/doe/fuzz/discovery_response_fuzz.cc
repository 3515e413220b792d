#include "platform/protocol/doe/discovery.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(doe::DiscoveryResponse)
