// A token and the claims in it: what is read is written back as claims that say the same.
#include "platform/base/check.h"
#include "platform/protocol/cca/token.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  ccaproto::PlatformClaims platform;
  platform.challenge = base::Bytes(32, 1);
  platform.sw_components = {{"BL2", base::Bytes(32, 2), "1", base::Bytes(32, 3), "sha-256"}};
  ccaproto::RealmTokenClaims realm;
  realm.rim = base::Bytes(32, 4);
  realm.rems.fill(base::Bytes(32, 5));
  ccaproto::Token token;
  token.platform.payload = cbor::encode(ccaproto::claims_value(platform));
  token.realm.payload = cbor::encode(ccaproto::claims_value(realm));
  return ccaproto::encode_token(token);
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto token = ccaproto::decode_token(in);
      if (!token) return;
      if (const auto claims = ccaproto::platform_claims(token->platform.payload))
        base::check(ccaproto::platform_claims(cbor::encode(ccaproto::claims_value(*claims))) == claims, "platform claims say the same again");
      if (const auto claims = ccaproto::realm_claims(token->realm.payload))
        base::check(ccaproto::realm_claims(cbor::encode(ccaproto::claims_value(*claims))) == claims, "realm claims say the same again");
      (void)ccaproto::key_endorsement(token->realm.payload);
    },
    seed())
