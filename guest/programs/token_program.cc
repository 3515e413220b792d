// A guest that uses a service on the word of its owner: it proves itself once, gets a token, and renews it before it ends.
#include <algorithm>

#include "guest/programs/programs.h"
#include "guest/relying_party/token.h"
#include "guest/relying_party/token_messages.h"

namespace programs {

namespace rp = relying_party;

namespace {

constexpr int kTries = 3;

template <class Answer, class Message>
std::optional<Answer> ask(abi::Guest& guest, const std::string& peer, const Message& message) {
  if (guest.send(peer.c_str(), wire::encode(message)) != GLACIS_OK) return std::nullopt;
  const auto answer = guest.receive(peer.c_str());
  return answer ? rp::read_token_message<Answer>(*answer) : std::nullopt;
}

// Evidence anew, and a token for it.
std::optional<std::string> renew(abi::Guest& guest, const std::string& service, std::optional<crypto::EcKey>& key) {
  auto proved = prove(guest);
  if (!proved) return std::nullopt;
  key.emplace(std::move(proved->key));
  rp::TokenRequest request{.nonce = proved->nonce};
  std::copy_n(service.begin(), std::min(service.size(), request.audience.size()), request.audience.begin());
  const auto token = ask<rp::TokenAnswer>(guest, "owner0", request);
  if (!token) return std::nullopt;
  guest.moment("has-token");
  return std::string(token->token.begin(), token->token.end());
}

bool use(abi::Guest& guest, const std::string& service, const std::string& token, const crypto::EcKey& key) {
  const auto challenge = ask<rp::ServiceChallenge>(guest, service, rp::ServiceHello{});
  if (!challenge) return false;
  const auto drawn = base::load_le<std::uint64_t>(guest.random(8));
  crypto::Library library(drawn);
  const auto proof = key.sign(library, {"guest", "token use", 0}, rp::proof_message(challenge->nonce, token)).joined();
  rp::Present present{.nonce = challenge->nonce, .token = base::bytes_of(base::view_of(token))};
  std::ranges::copy(proof, present.proof.begin());
  present.token_size = static_cast<std::uint32_t>(present.token.size());
  return ask<rp::Served>(guest, service, present).has_value();
}

}  // namespace

// use-service [SERVICE]
void use_service(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string service = args.empty() ? "service0" : args[0];
  std::optional<crypto::EcKey> key;
  for (int tries = 0; tries < kTries; ++tries) {
    const auto token = renew(guest, service, key);
    if (!token) return guest.ends("no-token");
    if (use(guest, service, *token, *key)) return guest.ends("served");
    guest.moment("refused");  // a token that is too old, perhaps: another one, on evidence of now
  }
  guest.ends("refused");
}

}  // namespace programs
