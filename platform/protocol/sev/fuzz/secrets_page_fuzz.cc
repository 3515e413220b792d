#include "platform/protocol/sev/secrets_page.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(sevproto::SecretsPage)
