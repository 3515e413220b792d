#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::VendorDefinedRequest)
