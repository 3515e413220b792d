#include "platform/protocol/cca/token.h"

#include <algorithm>

#include "platform/crypto/digest.h"
#include "platform/protocol/cose/key.h"

namespace ccaproto {
namespace {

using cbor::Map;
using cbor::Value;

constexpr std::int64_t label(Claim claim) { return static_cast<std::int64_t>(claim); }

// Labels within one software component.
constexpr std::int64_t kType = 1, kMeasurement = 2, kVersion = 4, kSignerId = 5, kAlgorithm = 6;

// Reads claims one after another; the first that is not as it has to be makes the whole unreadable.
struct Reader {
  const Value& map;
  bool good = true;

  const Value* get(std::int64_t key, bool required) {
    const Value* found = cbor::find(map, key);
    if (!found && required) good = false;
    return found;
  }
  void text(std::int64_t key, std::string& into, bool required = true) {
    const Value* found = get(key, required);
    if (!found) return;
    if (const auto* value = found->as_text()) into = *value;
    else good = false;
  }
  void bytes(std::int64_t key, base::Bytes& into) {
    const Value* found = get(key, true);
    const auto* value = found ? found->as_bytes() : nullptr;
    if (value) into = *value;
    else good = false;
  }
  template <std::size_t N>
  void block(std::int64_t key, base::Block<N>& into) {
    base::Bytes value;
    bytes(key, value);
    if (value.size() != N) good = false;
    else std::ranges::copy(value, into.begin());
  }
};

bool is_hash(const base::Bytes& bytes) { return bytes.size() == 32 || bytes.size() == 48 || bytes.size() == 64; }

std::optional<Value> map_of(base::View payload) {
  if (payload.size() > kTokenSizeMax) return std::nullopt;
  auto value = cbor::decode(payload);
  if (!value || !value->as_map()) return std::nullopt;
  return value;
}

std::optional<SwComponent> sw_component(const Value& value) {
  if (!value.as_map()) return std::nullopt;
  SwComponent out;
  Reader read{value};
  read.text(kType, out.type, false);
  read.bytes(kMeasurement, out.measurement);
  read.text(kVersion, out.version, false);
  read.bytes(kSignerId, out.signer_id);
  read.text(kAlgorithm, out.hash_algorithm, false);
  if (!read.good || !is_hash(out.measurement) || !is_hash(out.signer_id)) return std::nullopt;
  return out;
}

}  // namespace

Value claims_value(const PlatformClaims& claims) {
  cbor::Array components;
  for (const auto& component : claims.sw_components) {
    Map map;
    if (!component.type.empty()) map.push_back({kType, component.type});
    map.push_back({kMeasurement, component.measurement});
    if (!component.version.empty()) map.push_back({kVersion, component.version});
    map.push_back({kSignerId, component.signer_id});
    if (!component.hash_algorithm.empty()) map.push_back({kAlgorithm, component.hash_algorithm});
    components.push_back(std::move(map));
  }
  Map map{{label(Claim::kProfile), claims.profile},
          {label(Claim::kChallenge), claims.challenge},
          {label(Claim::kImplementationId), claims.implementation_id},
          {label(Claim::kInstanceId), claims.instance_id},
          {label(Claim::kConfig), claims.config},
          {label(Claim::kLifecycle), claims.lifecycle},
          {label(Claim::kSwComponents), std::move(components)},
          {label(Claim::kPlatformHashAlgorithm), claims.hash_algorithm}};
  if (!claims.verification_service.empty()) map.push_back({label(Claim::kVerificationService), claims.verification_service});
  return map;
}

std::optional<PlatformClaims> platform_claims(base::View payload) {
  const auto map = map_of(payload);
  if (!map) return std::nullopt;
  PlatformClaims out;
  Reader read{*map};
  read.text(label(Claim::kProfile), out.profile);
  read.bytes(label(Claim::kChallenge), out.challenge);
  read.block(label(Claim::kImplementationId), out.implementation_id);
  read.block(label(Claim::kInstanceId), out.instance_id);
  read.bytes(label(Claim::kConfig), out.config);
  read.text(label(Claim::kPlatformHashAlgorithm), out.hash_algorithm);
  read.text(label(Claim::kVerificationService), out.verification_service, false);
  const Value* lifecycle = read.get(label(Claim::kLifecycle), true);
  const auto* number = lifecycle ? lifecycle->as_int() : nullptr;
  const Value* components = read.get(label(Claim::kSwComponents), true);
  const auto* list = components ? components->as_array() : nullptr;
  if (!read.good || !number || *number < 0 || *number > 0xFFFF || !list || list->empty() || !is_hash(out.challenge)) return std::nullopt;
  out.lifecycle = static_cast<std::uint16_t>(*number);
  for (const auto& item : *list) {
    auto component = sw_component(item);
    if (!component) return std::nullopt;
    out.sw_components.push_back(std::move(*component));
  }
  return out;
}

Value claims_value(const RealmTokenClaims& claims) {
  return Map{{label(Claim::kProfile), claims.profile},
             {label(Claim::kChallenge), claims.challenge},
             {label(Claim::kPersonalization), claims.personalization},
             {label(Claim::kHashAlgorithm), claims.hash_algorithm},
             {label(Claim::kPublicKey), claims.public_key},
             {label(Claim::kInitialMeasurement), claims.rim},
             {label(Claim::kExtensibleMeasurements), cbor::Array(claims.rems.begin(), claims.rems.end())},
             {label(Claim::kPublicKeyHashAlgorithm), claims.public_key_hash_algorithm}};
}

std::optional<RealmTokenClaims> realm_claims(base::View payload) {
  const auto map = map_of(payload);
  if (!map) return std::nullopt;
  RealmTokenClaims out;
  Reader read{*map};
  read.text(label(Claim::kProfile), out.profile);
  read.block(label(Claim::kChallenge), out.challenge);
  read.block(label(Claim::kPersonalization), out.personalization);
  read.text(label(Claim::kHashAlgorithm), out.hash_algorithm);
  read.bytes(label(Claim::kPublicKey), out.public_key);
  read.bytes(label(Claim::kInitialMeasurement), out.rim);
  read.text(label(Claim::kPublicKeyHashAlgorithm), out.public_key_hash_algorithm);
  const Value* rems = read.get(label(Claim::kExtensibleMeasurements), true);
  const auto* list = rems ? rems->as_array() : nullptr;
  if (!read.good || !list || list->size() != out.rems.size() || !is_hash(out.rim)) return std::nullopt;
  for (std::size_t i = 0; i < out.rems.size(); ++i) {
    const auto* rem = (*list)[i].as_bytes();
    if (!rem || rem->size() != out.rim.size()) return std::nullopt;
    out.rems[i] = *rem;
  }
  return out;
}

base::Bytes encode_token(const Token& token) {
  return cbor::encode(Value::tagged(kTokenTag, Map{{kPlatformTokenLabel, cose::encode_sign1(token.platform)},
                                                   {kRealmTokenLabel, cose::encode_sign1(token.realm)}}));
}

std::optional<Token> decode_token(base::View bytes) {
  if (bytes.size() > kTokenSizeMax) return std::nullopt;
  const auto value = cbor::decode(bytes);
  const Value* map = value ? value->content(kTokenTag) : nullptr;
  if (!map || !map->as_map() || map->as_map()->size() != 2) return std::nullopt;
  const auto part = [&](std::int64_t key) -> std::optional<cose::Sign1> {
    const Value* found = cbor::find(*map, key);
    const auto* raw = found ? found->as_bytes() : nullptr;
    return raw ? cose::decode_sign1(*raw) : std::nullopt;
  };
  auto platform = part(kPlatformTokenLabel), realm = part(kRealmTokenLabel);
  if (!platform || !realm) return std::nullopt;
  return Token{std::move(*platform), std::move(*realm)};
}

std::optional<base::Bytes> hash_by_name(std::string_view algorithm, base::View data) {
  if (algorithm == "sha-256") return crypto::hash(crypto::Digest::kSha256, data);
  if (algorithm == "sha-384") return crypto::hash(crypto::Digest::kSha384, data);
  if (algorithm == "sha-512") return crypto::hash(crypto::Digest::kSha512, data);
  return std::nullopt;
}

Value claims_value(const KeyEndorsement& endorsement) {
  return Map{{kConfirmation, Map{{kConfirmationCoseKey, cose::ec2_key(endorsement.public_key)}}},
             {label(Claim::kInstanceId), endorsement.instance_id},
             {label(Claim::kImplementationId), endorsement.implementation_id}};
}

std::optional<KeyEndorsement> key_endorsement(base::View payload) {
  const auto map = map_of(payload);
  if (!map) return std::nullopt;
  KeyEndorsement out;
  Reader read{*map};
  read.block(label(Claim::kInstanceId), out.instance_id);
  read.block(label(Claim::kImplementationId), out.implementation_id);
  const Value* confirmation = read.get(kConfirmation, true);
  const Value* key = confirmation && confirmation->as_map() ? cbor::find(*confirmation, kConfirmationCoseKey) : nullptr;
  const auto point = key ? cose::ec2_point(*key) : std::nullopt;
  if (!read.good || !point || point->size() != 96) return std::nullopt;
  out.public_key = *point;
  return out;
}

}  // namespace ccaproto
