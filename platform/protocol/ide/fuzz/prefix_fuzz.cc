#include "platform/protocol/ide/ide.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_TARGET(ide::Prefix)
