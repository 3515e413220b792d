#include "platform/base/check.h"
#include "platform/cbor/cbor.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const auto value = cbor::decode(in);
      if (!value) {
        base::check(!cbor::decode(in, cbor::Strictness::kDeterministic), "the stricter reader accepts no more");
        return;
      }
      base::check(cbor::encode(*value, cbor::Order::kAsGiven) == base::bytes_of(in),
                  "an item is written back as it was read");
      const base::Bytes sorted = cbor::encode(*value);
      base::check(cbor::decode(in, cbor::Strictness::kDeterministic).has_value() == (sorted == base::bytes_of(in)),
                  "one value has one deterministic form");
      base::check(cbor::decode(sorted, cbor::Strictness::kDeterministic).has_value(), "the deterministic form is read");
      cbor::print(*value);
    },
    cbor::encode(cbor::Value::tagged(399, cbor::Map{{10, base::Bytes(32, 0x5a)},
                                                    {44238, "text"},
                                                    {-70002, cbor::Array{1, -1, 1 << 20, false, nullptr,
                                                                         cbor::Map{{"key", cbor::Array{}}}}}})))
