#include "platform/protocol/virtio/pci.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(virtio::CommonConfig)
