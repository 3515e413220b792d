#include "platform/protocol/spdm/chunk.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::ChunkSendAck)
