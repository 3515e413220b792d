#include "platform/protocol/sev/guest_message.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::TscInfoResponse)
