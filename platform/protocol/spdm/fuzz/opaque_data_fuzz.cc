#include "platform/protocol/spdm/opaque.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::OpaqueData)
