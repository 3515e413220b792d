#include "platform/protocol/spdm/secured_message.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::SecuredRecord)
