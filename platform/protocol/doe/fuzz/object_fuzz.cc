#include "platform/protocol/doe/data_object.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(doe::Object)
