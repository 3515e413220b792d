#include "platform/protocol/spdm/version.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::VersionResponse)
