#include "platform/protocol/sev/report.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::Report)
