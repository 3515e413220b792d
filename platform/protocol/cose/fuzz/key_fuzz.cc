#include "platform/base/check.h"
#include "platform/protocol/cose/key.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const auto key = cbor::decode(in);
      if (!key) return;
      if (const auto point = cose::ec2_point(*key))
        base::check(cose::ec2_point(cose::ec2_key(*point)) == point, "a point is the same in a key of ours");
      if (const auto shown = cose::ed25519_public(*key))
        base::check(cose::ed25519_public(cose::ed25519_key(*shown)) == shown,
                    "a public key is the same in a key of ours");
    },
    cbor::encode(cose::ec2_key(base::Bytes(96, 0x5a))))
