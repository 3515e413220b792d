#include "platform/protocol/virtio/devices.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(virtio::BlkConfig)
