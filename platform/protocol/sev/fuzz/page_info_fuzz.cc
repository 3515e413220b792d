#include "platform/protocol/sev/page_info.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::PageInfo)
