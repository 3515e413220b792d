#include "platform/protocol/spdm/negotiate.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::NegotiateAlgorithms)
