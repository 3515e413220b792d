#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::KernelHashes)
