#include "platform/protocol/spdm/certificates.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(spdm::CertificateResponse)
