#include "platform/protocol/spdm/certificates.h"
#include "platform/wire/fuzz.h"

using Message = spdm::CertificateChain;
WIRE_FUZZ_TARGET_OF(Message,
                    Message{.length = 100})
