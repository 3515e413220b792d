// A token that is read is one that its issuer would write: the bytes are those of its own claims, and only a signature makes it count.
#include "guest/relying_party/token.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace relying_party;

base::Bytes seed() {
  crypto::Library library(1);
  const auto issuer = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of(std::string("i")), "issuer");
  const auto text = issue_token({.audience = "service0", .issued = 1, .not_before = 1, .expires = 2, .evidence = "00"}, issuer, library, {"owner", "token", 0});
  return base::bytes_of(base::view_of(text));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto token = read_token({reinterpret_cast<const char*>(in.data()), in.size()});
      if (!token) return;
      base::check(token->signed_part.size() < in.size(), "what is signed is a part of the token");
      base::check(token->claims.issued >= 0 && token->claims.expires >= 0, "times are since 1970");
    },
    seed())
