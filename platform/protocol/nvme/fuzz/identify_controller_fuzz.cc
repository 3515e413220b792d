#include "platform/protocol/nvme/nvme.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(nvme::IdentifyController)
