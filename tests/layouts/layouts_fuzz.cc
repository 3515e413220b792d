// All layouts in one target: the first byte chooses one, the others are its bytes.
#include "platform/wire/fuzz.h"
#include "tests/layouts/layouts.h"

WIRE_FUZZ_FUNCTION(
    [](base::View in) {
      static const std::vector<wire::Schema> kAll = layouts::all();
      if (in.empty()) return;
      kAll[in[0] % kAll.size()].fuzz(in.data() + 1, in.size() - 1);
    },
    base::Bytes(1 + 1184))
