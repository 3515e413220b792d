#include "platform/protocol/tdx/td_params.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdxproto::TdParams)
