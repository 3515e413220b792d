#include "platform/protocol/tdx/connect.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdxproto::TdcmHeader)
