#include "platform/protocol/tdx/collateral.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdxproto::Collateral)
