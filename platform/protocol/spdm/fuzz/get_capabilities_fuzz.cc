#include "platform/protocol/spdm/capabilities.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::GetCapabilities)
