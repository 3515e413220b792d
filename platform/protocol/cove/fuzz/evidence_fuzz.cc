// Claims of each token, and whole evidence. What was read as a token is the same once it is written again.
#include "platform/base/check.h"
#include "platform/protocol/cove/evidence.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("fuzz"), "key");
  coveproto::TvmToken token{.public_key = key.public_point(), .initial = {{4, base::Bytes(48), coveproto::kHashName}}};
  return coveproto::cwt_of(coveproto::claims_of(token));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      (void)coveproto::read_evidence(in);
      const auto claims = coveproto::claims_of_cwt(in);
      if (!claims) return;
      if (const auto token = coveproto::platform_token_of(*claims))
        base::check(coveproto::platform_token_of(coveproto::claims_of(*token)) == token, "a platform token stays what it is");
      if (const auto token = coveproto::tsm_token_of(*claims))
        base::check(coveproto::tsm_token_of(coveproto::claims_of(*token)) == token, "a TSM token stays what it is");
      if (const auto token = coveproto::tvm_token_of(*claims))
        base::check(coveproto::tvm_token_of(coveproto::claims_of(*token)) == token, "a TVM token stays what it is");
    },
    seed())
