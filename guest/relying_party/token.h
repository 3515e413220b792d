#pragma once
// What an owner gives a guest that has proved itself, so that services need not appraise evidence again: a JSON Web Token (RFC 7519),
// signed with ES384 (RFC 7518, 3.4), that names the audience, when it holds, the nonce it answers, and in `cnf` the key whose holder it is
// for (RFC 7800). A service takes no token without a proof of that key: whoever only saw one has nothing.
#include <optional>
#include <string>
#include <string_view>

#include "guest/relying_party/channel.h"
#include "platform/crypto/calendar_time.h"
#include "platform/crypto/library.h"
#include "platform/trust/defence.h"

namespace relying_party {

struct TokenClaims {
  std::string issuer = "owner0", audience;
  crypto::CalendarTime issued = 0, not_before = 0, expires = 0;
  Nonce nonce{};         // of the challenge that the evidence answered
  ChannelKey holder{};   // P-384, X||Y
  std::string evidence;  // SHA-256 of the evidence, in hexadecimal
  bool operator==(const TokenClaims&) const = default;
};

// Compact serialisation. The members stand in one order, so that the same claims are the same bytes before the signature.
std::string issue_token(const TokenClaims& claims, const crypto::EcKey& issuer, crypto::Library& library, const crypto::Operation& operation);

struct Token {
  TokenClaims claims;
  base::Bytes signed_part;  // header.payload
  crypto::EcSignature signature;
};
// Strict: three parts, base64url without padding, the header and members of issue_token and no others, none of them twice.
std::optional<Token> read_token(std::string_view compact);

// What the holder signs for one use: SHA-384("glacis-token-use-v1" || 00 || nonce of the service || SHA-384(token)).
base::Bytes proof_message(const Nonce& service_nonce, std::string_view token);

// One presentation of a token, as a service has it.
struct TokenCase {
  const Token* token = nullptr;         // null: it cannot be read
  base::View issuer_point;              // X || Y, known out of band
  std::string_view audience;            // the service's own name
  crypto::CalendarTime now = 0;
  bool proves_key = false;              // the proof is that of the holder's key, over the service's own nonce
  crypto::CalendarTime age_max = 0;     // of the evidence behind it; 0: as long as the token holds
};
// Null refusal: the token is accepted.
std::optional<trust::Refusal> refuse_token(const TokenCase& c, trust::Defences& defences, std::string_view at);
void collect_token_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
