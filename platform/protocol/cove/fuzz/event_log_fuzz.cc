#include "platform/base/check.h"
#include "platform/protocol/cove/measurement.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const auto log = coveproto::decode_event_log(in);
      if (!log) return;
      base::check(coveproto::encode_event_log(*log) == base::bytes_of(in), "a log is written back as it was read");
      (void)coveproto::replay(*log);
    },
    coveproto::encode_event_log({{6, {}, "kernel"}}))
