#include "platform/protocol/spdm/session_control.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::KeyUpdate)
