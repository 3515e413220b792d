#include "platform/protocol/tlp/tlp.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tlp::Tlp)
