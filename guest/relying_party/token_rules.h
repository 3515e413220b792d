#pragma once
// What a service refuses a token for.
#include "guest/relying_party/token.h"

namespace relying_party {

inline constexpr trust::Rule<TokenCase> kTokenRules[] = {
    {{"owner.token.format", "RFC 7519, 7.2", "A token is exactly one of the form that the issuer writes.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const TokenCase& c) { return c.token != nullptr; }},
    {{"owner.token.signature", "RFC 7515, 5.2; RFC 7518, 3.4", "A token is signed by the issuer whose key the service knows.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const TokenCase& c) { return crypto::ec_verify(c.issuer_point, c.token->signed_part, c.token->signature); }},
    {{"owner.token.not-before", "RFC 7519, 4.1.5", "A token is not used before it holds.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const TokenCase& c) { return c.now >= c.token->claims.not_before; }},
    {{"owner.token.expiry", "RFC 7519, 4.1.4", "A token is not used once it has expired.", trust::Act::kDetect},
     [](const TokenCase& c) { return c.now < c.token->claims.expires; }},
    {{"owner.token.audience", "RFC 7519, 4.1.3", "A token names the service that it is shown to.", trust::Act::kDetect},
     [](const TokenCase& c) { return c.token->claims.audience == c.audience; }},
    {{"owner.token.proof", "RFC 7800, 3.1", "Who shows a token proves, to this service and now, the key that it is for.", trust::Act::kDetect},
     [](const TokenCase& c) { return c.proves_key; }},
    {{"owner.token.age", "RFC 9334, 10.1", "The evidence behind a token is no older than the service allows.", trust::Act::kDetect},
     [](const TokenCase& c) { return c.age_max == 0 || c.now - c.token->claims.issued <= c.age_max; }},
};

}  // namespace relying_party
