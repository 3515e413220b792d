#include "scenarios/engine/token_desk.h"

#include <algorithm>
#include <memory>

#include "guest/relying_party/server.h"
#include "guest/relying_party/token.h"
#include "guest/relying_party/token_messages.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace rp = relying_party;

namespace {

constexpr crypto::CalendarTime kTokenLife = 300, kEvidenceAgeMax = 400;  // seconds

crypto::EcKey issuer_key(const World& world) {
  base::Bytes seed;
  base::append_le<std::uint64_t>(seed, world.run.seed);
  return crypto::EcKey::derive(crypto::Curve::kP384, seed, "token issuer");
}

crypto::CalendarTime now(const World& world) { return calendar() + static_cast<crypto::CalendarTime>(world.sim.now() / sim::kSecond); }

// Ground truth, once a service has served: what it took the other end for, and what that is.
void judge(World& world, const VmState& asks, const std::string& name, const rp::Token& token) {
  const auto breach = [&](trust::Promise promise, const std::string& what) { world.oracle.breach(promise, name + " serves " + what, world.sim.now()); };
  if (asks.host_tenant) breach(trust::Promise::kAuthenticity, "a VM of the host's own on a token that is another's");
  if (token.claims.audience != name) breach(trust::Promise::kAuthenticity, "on a token that its holder meant for " + token.claims.audience);
  if (now(world) >= token.claims.expires) breach(trust::Promise::kFreshness, "on a token whose time is over");
}

base::Bytes refused(const rp::Nonce& nonce, std::string_view by) {
  rp::Refused out{.nonce = nonce, .defence = base::bytes_of(base::view_of(std::string(by)))};
  out.defence_size = static_cast<std::uint32_t>(out.defence.size());
  return wire::encode(out);
}

base::Bytes serve(World& world, const VmState& asks, const std::string& name, const rp::Nonce& nonce, const rp::Present& shown) {
  const std::string compact(shown.token.begin(), shown.token.end());
  const auto token = rp::read_token(compact);
  const base::Bytes issuer = issuer_key(world).public_point();
  rp::TokenCase c{.token = token ? &*token : nullptr, .issuer_point = issuer, .audience = name, .now = now(world), .age_max = kEvidenceAgeMax};
  if (token) {
    const auto proof = crypto::ec_signature_of(shown.proof);
    c.proves_key = shown.nonce == nonce && proof && crypto::ec_verify(token->claims.holder, rp::proof_message(nonce, compact), *proof);
  }
  if (const auto no = rp::refuse_token(c, world.defences, name)) return refused(nonce, no->by->id);
  judge(world, asks, name, *token);
  return wire::encode(rp::Served{});
}

}  // namespace

bool is_service(const std::string& peer) { return peer.starts_with("service"); }

std::optional<base::Bytes> answer_token_request(World& world, base::View message) {
  const auto request = rp::read_token_message<rp::TokenRequest>(message);
  if (!request) return std::nullopt;
  if (!world.owner) return refused(request->nonce, "");
  const auto& releases = world.owner->releases();
  const auto accepted = std::ranges::find(releases, request->nonce, &rp::Release::nonce);
  if (accepted == releases.end()) return refused(request->nonce, "");
  const std::string padded(request->audience.begin(), request->audience.end());
  const auto issued = calendar() + static_cast<crypto::CalendarTime>(accepted->at / sim::kSecond);
  const rp::TokenClaims claims{.audience = padded.substr(0, padded.find('\0')),
                               .issued = issued,
                               .not_before = issued,
                               .expires = issued + kTokenLife,
                               .nonce = accepted->nonce,
                               .holder = accepted->channel_key,
                               .evidence = ""};
  const auto text = rp::issue_token(claims, issuer_key(world), world.library, {"owner0", "token", static_cast<std::uint64_t>(accepted - releases.begin())});
  rp::TokenAnswer answer{.token = base::bytes_of(base::view_of(text))};
  answer.token_size = static_cast<std::uint32_t>(answer.token.size());
  return wire::encode(answer);
}

trust::Boundary::Party service_for(World& world, const VmState& asks, const std::string& name) {
  auto nonce = std::make_shared<rp::Nonce>();
  return [&world, &asks, name, nonce](const trust::Message& message) -> std::optional<trust::Message> {
    const auto answer = [](base::Bytes bytes) { return trust::Message{.object = "ANSWER", .bytes = std::move(bytes), .reply = true}; };
    if (rp::read_token_message<rp::ServiceHello>(message.bytes)) {
      world.random.fill(*nonce);
      return answer(wire::encode(rp::ServiceChallenge{.nonce = *nonce}));
    }
    const auto shown = rp::read_token_message<rp::Present>(message.bytes);
    if (!shown) return std::nullopt;
    const auto said = serve(world, asks, name, *nonce, *shown);
    *nonce = {};
    return answer(said);
  };
}

}  // namespace engine
