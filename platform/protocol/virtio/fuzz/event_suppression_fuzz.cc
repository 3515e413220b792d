#include "platform/protocol/virtio/ring.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(virtio::EventSuppression)
