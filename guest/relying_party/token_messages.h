#pragma once
// What follows once a guest has proved itself: it asks its owner for a token, and shows that to services.
//
//   guest: TOKEN_REQUEST{nonce, audience} -> owner: TOKEN{jwt} or REFUSED
//   guest: SERVICE_HELLO -> service: SERVICE_CHALLENGE{nonce} -> guest: PRESENT{jwt, proof} -> service: SERVED{} or REFUSED
//
// Little-endian; the header is that of messages.h.
#include "guest/relying_party/messages.h"

namespace relying_party {

enum class TokenMessageType : std::uint8_t { kTokenRequest = 16, kToken = 17, kServiceHello = 18, kServiceChallenge = 19, kPresent = 20, kServed = 21 };

struct TokenHeader {
  TokenMessageType type{};
  std::uint8_t version = kMessageVersion;
  using Wire = wire::Layout<&TokenHeader::type, &TokenHeader::version, wire::Reserved<2>{}>;
};

struct TokenRequest {
  TokenHeader header{.type = TokenMessageType::kTokenRequest};
  std::array<std::uint8_t, 32> nonce{};     // of the session in which the guest proved itself
  std::array<std::uint8_t, 16> audience{};  // a name, zeros behind
  using Wire = wire::Layout<&TokenRequest::header, &TokenRequest::nonce, &TokenRequest::audience>;
};

struct TokenAnswer {
  TokenHeader header{.type = TokenMessageType::kToken};
  std::uint32_t token_size = 0;
  base::Bytes token;  // compact serialisation, text
  using Wire = wire::Layout<&TokenAnswer::header, &TokenAnswer::token_size, wire::Run<&TokenAnswer::token, &TokenAnswer::token_size>{}>;
};

struct ServiceHello {
  TokenHeader header{.type = TokenMessageType::kServiceHello};
  using Wire = wire::Layout<&ServiceHello::header>;
};

struct ServiceChallenge {
  TokenHeader header{.type = TokenMessageType::kServiceChallenge};
  std::array<std::uint8_t, 32> nonce{};
  using Wire = wire::Layout<&ServiceChallenge::header, &ServiceChallenge::nonce>;
};

struct Present {
  TokenHeader header{.type = TokenMessageType::kPresent};
  std::array<std::uint8_t, 32> nonce{};  // of the challenge that this answers
  std::array<std::uint8_t, 96> proof{};  // r || s over proof_message
  std::uint32_t token_size = 0;
  base::Bytes token;
  using Wire = wire::Layout<&Present::header, &Present::nonce, &Present::proof, &Present::token_size, wire::Run<&Present::token, &Present::token_size>{}>;
};

struct Served {
  TokenHeader header{.type = TokenMessageType::kServed};
  using Wire = wire::Layout<&Served::header>;
};

// Exactly one of that type and version.
template <class M>
std::optional<M> read_token_message(base::View raw) {
  auto message = wire::decode<M>(raw);
  if (!message || message->header.type != M{}.header.type || message->header.version != kMessageVersion) return std::nullopt;
  return *message;
}

// For whoever prints or alters these messages by name.
inline std::vector<wire::Schema> token_schemas() {
  return {wire::schema_of<TokenRequest>("rp.TOKEN_REQUEST"),     wire::schema_of<TokenAnswer>("rp.TOKEN"),
          wire::schema_of<ServiceHello>("rp.SERVICE_HELLO"),     wire::schema_of<ServiceChallenge>("rp.SERVICE_CHALLENGE"),
          wire::schema_of<Present>("rp.PRESENT"),                wire::schema_of<Served>("rp.SERVED")};
}

}  // namespace relying_party
