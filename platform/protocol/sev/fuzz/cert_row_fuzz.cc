#include "platform/protocol/sev/cert_table.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::CertRow)
