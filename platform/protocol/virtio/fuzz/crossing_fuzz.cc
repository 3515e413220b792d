#include "platform/protocol/virtio/crossings.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(virtio::PackedCompletion)
