#include "platform/protocol/tdx/tdvmcall.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(tdxproto::GetQuoteHeader)
