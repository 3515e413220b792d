#include "platform/base/check.h"
#include "platform/protocol/cose/sign1.h"
#include "tests/fuzz/target.h"

namespace {

const crypto::Ed25519Key& key() {
  static const crypto::Ed25519Key kKey = crypto::Ed25519Key::derive(base::view_of("fuzz"), "key");
  return kKey;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto message = cose::decode_sign1(in);
      if (!message) return;
      // An empty protected header has two forms; all else is written back as it was read.
      const bool empty = message->protected_header == cbor::Value(cbor::Map{});
      base::check(empty || cose::encode_sign1(*message) == base::bytes_of(in),
                  "a message is written back as it was read");
      base::check(cose::decode_sign1(cose::encode_sign1(*message)) == message, "what is written is read again");
      cose::verify(*message, key().public_key());
      cose::verify(*message, base::Bytes(96, 1));
    },
    cose::encode_sign1(cose::sign1(key(), base::Bytes(20, 0x5a))))
