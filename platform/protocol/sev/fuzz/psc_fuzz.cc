#include "platform/protocol/sev/ghcb.h"
#include "platform/wire/fuzz.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET([](base::View in) { wire::fuzz_one<sevproto::PscList>(in.data(), in.size()); },
                   wire::encode(sevproto::PscList{.end_entry = 1, .entries = {{1}, {2}}}))
