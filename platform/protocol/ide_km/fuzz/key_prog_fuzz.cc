#include "platform/protocol/ide_km/ide_km.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(ide_km::KeyProg)
