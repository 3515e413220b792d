// A configuration: what is read is read the same once it is written again.
#include "platform/base/check.h"
#include "platform/protocol/pkvm/pvmfw_config.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const auto config = pkvmproto::decode_config(in);
      if (!config) return;
      base::check(config->handover.size() + config->debug_policy.size() <= in.size(), "entries lie in what was given");
      base::check(pkvmproto::decode_config(pkvmproto::encode_config(*config)) == config,
                  "a configuration is read as it was written");
    },
    pkvmproto::encode_config({.handover = base::Bytes(13, 7), .debug_policy = base::Bytes(4, 9)}))
