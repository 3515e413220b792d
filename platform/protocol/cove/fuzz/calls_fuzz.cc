// Each structure of a call, chosen by the input's first byte.
#include "platform/protocol/cove/schemas.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const auto all = coveproto::schemas();
      if (!in.empty()) all[in[0] % all.size()].fuzz(in.data() + 1, in.size() - 1);
    },
    base::Bytes(65, 1))
