#include "platform/base/check.h"
#include "platform/protocol/sev/cert_table.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      auto entries = sevproto::decode_cert_table(in);
      if (!entries) return;
      auto again = sevproto::decode_cert_table(sevproto::encode_cert_table(*entries));
      base::check(again && *again == *entries, "a certificate table is read back as it was written");
    },
    sevproto::encode_cert_table({{sevproto::kGuidVcek, {1, 2, 3}}, {sevproto::kGuidAsk, {4}}}))
