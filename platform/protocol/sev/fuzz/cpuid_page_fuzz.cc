#include "platform/protocol/sev/cpuid_page.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::CpuidPage)
