#include "platform/protocol/spdm/measurements.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::MeasurementBlock)
