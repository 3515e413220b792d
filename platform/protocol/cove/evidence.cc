#include "platform/protocol/cove/evidence.h"

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/protocol/cose/key.h"
#include "platform/protocol/cove/x509_form.h"

namespace coveproto {
namespace {

constexpr std::size_t kPointSize = 96;  // P-384

cbor::Value key_value(base::View point) { return cbor::encode(cose::ec2_key(point)); }

std::optional<base::Bytes> key_from(const cbor::Value* value) {
  const auto* bytes = value ? value->as_bytes() : nullptr;
  const auto key = bytes ? cbor::decode(*bytes) : std::nullopt;
  auto point = key ? cose::ec2_point(*key) : std::nullopt;
  if (!point || point->size() != kPointSize) return std::nullopt;
  return point;
}

std::optional<std::string> text_from(const cbor::Value* value) {
  const auto* text = value ? value->as_text() : nullptr;
  return text ? std::optional(*text) : std::nullopt;
}

std::optional<base::Bytes> bytes_from(const cbor::Value* value) {
  const auto* bytes = value ? value->as_bytes() : nullptr;
  return bytes ? std::optional(*bytes) : std::nullopt;
}

template <std::size_t N>
std::optional<base::Block<N>> block_from(const cbor::Value* value) {
  const auto bytes = bytes_from(value);
  if (!bytes || bytes->size() != N) return std::nullopt;
  base::Block<N> out{};
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

cbor::Value component_value(const SwComponent& component) {
  cbor::Map map{{1, component.type}, {2, component.measurement}, {3, component.svn}};
  if (component.manifest) map.push_back({4, *component.manifest});
  map.push_back({5, component.signer});
  map.push_back({6, component.hash_algorithm});
  return map;
}

std::optional<SwComponent> component_from(const cbor::Value& value) {
  const auto type = text_from(cbor::find(value, 1)), svn = text_from(cbor::find(value, 3)), hash = text_from(cbor::find(value, 6));
  const auto measurement = bytes_from(cbor::find(value, 2)), signer = bytes_from(cbor::find(value, 5));
  if (!type || !svn || !hash || !measurement || !signer) return std::nullopt;
  SwComponent out{*type, *measurement, *svn, {}, *signer, *hash};
  if (const auto* manifest = cbor::find(value, 4)) {
    out.manifest = bytes_from(manifest);
    if (!out.manifest) return std::nullopt;
  }
  return out;
}

cbor::Value registers_value(const std::vector<RegisterValue>& registers) {
  cbor::Array out;
  for (const auto& one : registers) out.push_back(cbor::Map{{1, one.index}, {2, one.value}, {3, one.hash_algorithm}});
  return out;
}

std::optional<std::vector<RegisterValue>> registers_from(const cbor::Value* value, std::size_t max) {
  const auto* array = value ? value->as_array() : nullptr;
  if (!array || array->empty() || array->size() > max) return std::nullopt;
  std::vector<RegisterValue> out;
  for (const auto& one : *array) {
    const auto* index = cbor::find(one, 1) ? cbor::find(one, 1)->as_int() : nullptr;
    const auto register_value = bytes_from(cbor::find(one, 2));
    const auto hash = text_from(cbor::find(one, 3));
    if (!index || *index < 0 || !register_value || !hash) return std::nullopt;
    out.push_back({static_cast<std::uint64_t>(*index), *register_value, *hash});
  }
  return out;
}

}  // namespace

cbor::Value claims_of(const PlatformToken& token) {
  cbor::Array components;
  for (const auto& component : token.components) components.push_back(component_value(component));
  return cbor::Map{{kProfileLabel, token.profile},
                   {kPlatformPublicKeyLabel, key_value(token.public_key)},
                   {kManufacturerIdLabel, token.manufacturer_id},
                   {kPlatformStateLabel, static_cast<std::int64_t>(token.state)},
                   {kPlatformComponentsLabel, std::move(components)}};
}

cbor::Value claims_of(const TsmToken& token) {
  return cbor::Map{{kTsmPublicKeyLabel, key_value(token.public_key)},
                   {kTsmComponentsLabel, cbor::Array{component_value(token.driver), component_value(token.tsm)}}};
}

cbor::Value claims_of(const TvmToken& token) {
  cbor::Map map{{kChallengeLabel, token.challenge}};
  if (token.identity) map.push_back({kTvmIdentityLabel, *token.identity});
  map.push_back({kTvmPublicKeyLabel, key_value(token.public_key)});
  map.push_back({kTvmInitialLabel, registers_value(token.initial)});
  if (token.runtime) map.push_back({kTvmRuntimeLabel, registers_value(*token.runtime)});
  return map;
}

std::optional<PlatformToken> platform_token_of(const cbor::Value& claims) {
  const auto profile = text_from(cbor::find(claims, kProfileLabel));
  const auto key = key_from(cbor::find(claims, kPlatformPublicKeyLabel));
  const auto manufacturer = block_from<64>(cbor::find(claims, kManufacturerIdLabel));
  const auto* state_claim = cbor::find(claims, kPlatformStateLabel);
  const auto* state = state_claim ? state_claim->as_int() : nullptr;
  const auto* list = cbor::find(claims, kPlatformComponentsLabel);
  const auto* components = list ? list->as_array() : nullptr;
  if (!profile || !key || !manufacturer || !state || *state < 1 || *state > 4 || !components || components->empty())
    return std::nullopt;
  PlatformToken out{*profile, *key, *manufacturer, static_cast<PlatformState>(*state), {}};
  for (const auto& one : *components) {
    auto component = component_from(one);
    if (!component) return std::nullopt;
    out.components.push_back(std::move(*component));
  }
  return out;
}

std::optional<TsmToken> tsm_token_of(const cbor::Value& claims) {
  const auto key = key_from(cbor::find(claims, kTsmPublicKeyLabel));
  const auto* list = cbor::find(claims, kTsmComponentsLabel);
  const auto* components = list ? list->as_array() : nullptr;
  if (!key || !components || components->size() != 2) return std::nullopt;
  const auto driver = component_from((*components)[0]), tsm = component_from((*components)[1]);
  if (!driver || !tsm) return std::nullopt;
  return TsmToken{*key, *driver, *tsm};
}

std::optional<TvmToken> tvm_token_of(const cbor::Value& claims) {
  const auto challenge = block_from<kChallengeSize>(cbor::find(claims, kChallengeLabel));
  const auto key = key_from(cbor::find(claims, kTvmPublicKeyLabel));
  auto initial = registers_from(cbor::find(claims, kTvmInitialLabel), kInitialRegistersMax);
  if (!challenge || !key || !initial) return std::nullopt;
  TvmToken out{*challenge, {}, *key, std::move(*initial), {}};
  if (const auto* identity = cbor::find(claims, kTvmIdentityLabel)) {
    out.identity = block_from<kIdentitySize>(identity);
    if (!out.identity) return std::nullopt;
  }
  if (const auto* runtime = cbor::find(claims, kTvmRuntimeLabel)) {
    out.runtime = registers_from(runtime, kRuntimeRegistersMax);
    if (!out.runtime) return std::nullopt;
  }
  return out;
}

base::Bytes cwt_of(cbor::Value claims) { return cbor::encode(cbor::Value::tagged(kCwtTag, std::move(claims))); }

std::optional<cbor::Value> claims_of_cwt(base::View payload) {
  const auto value = cbor::decode(payload);
  const auto* claims = value ? value->content(kCwtTag) : nullptr;
  if (!claims || !claims->as_map()) return std::nullopt;
  return *claims;
}

cbor::Value evidence_of(const Tokens& tokens) {
  const auto tagged = [](const cose::Sign1& one) { return cbor::Value::tagged(cose::kSign1Tag, cose::sign1_value(one)); };
  return cbor::Map{{kSubmoduleLabel, cbor::Map{{"platform", tagged(tokens.platform)}, {"tsm", tagged(tokens.tsm)},
                                               {"tvm", tagged(tokens.tvm)}}}};
}

std::optional<Tokens> tokens_of(const cbor::Value& evidence) {
  const auto* modules = cbor::find(evidence, kSubmoduleLabel);
  if (!modules) return std::nullopt;
  const auto one = [&](std::string_view name) -> std::optional<cose::Sign1> {
    const auto* token = cbor::find(*modules, name);
    const auto* content = token ? token->content(cose::kSign1Tag) : nullptr;
    return content ? cose::sign1_of(*content) : std::nullopt;
  };
  auto platform = one("platform"), tsm = one("tsm"), tvm = one("tvm");
  if (!platform || !tsm || !tvm) return std::nullopt;
  return Tokens{std::move(*platform), std::move(*tsm), std::move(*tvm)};
}

cbor::Value claims_of(const Certificate& certificate) {
  return cbor::Map{{kIssuerLabel, certificate.issuer}, {kSubjectLabel, certificate.subject}, {kEvidenceLabel, certificate.evidence}};
}

std::optional<Certificate> certificate_of(const cbor::Value& claims) {
  const auto issuer = text_from(cbor::find(claims, kIssuerLabel)), subject = text_from(cbor::find(claims, kSubjectLabel));
  const auto* evidence = cbor::find(claims, kEvidenceLabel);
  if (!issuer || !subject || !evidence) return std::nullopt;
  return Certificate{*issuer, *subject, *evidence};
}

std::optional<ReadEvidence> read_evidence(base::View bytes) {
  // A COSE_Sign1 begins with its tag, X.509 with a SEQUENCE.
  const bool is_x509 = !bytes.empty() && bytes[0] == crypto::der::kSequence;
  auto x509 = is_x509 ? crypto::Certificate::from_der(bytes) : std::nullopt;
  auto envelope = is_x509 ? std::optional(cose::Sign1{}) : cose::decode_sign1(bytes);
  const auto outer = envelope && !is_x509 ? claims_of_cwt(envelope->payload) : std::nullopt;
  auto certificate = x509 ? certificate_of(*x509) : outer ? certificate_of(*outer) : std::nullopt;
  auto tokens = certificate ? tokens_of(certificate->evidence) : std::nullopt;
  if (!tokens) return std::nullopt;
  const auto platform_claims = claims_of_cwt(tokens->platform.payload), tsm_claims = claims_of_cwt(tokens->tsm.payload),
             tvm_claims = claims_of_cwt(tokens->tvm.payload);
  if (!platform_claims || !tsm_claims || !tvm_claims) return std::nullopt;
  auto platform = platform_token_of(*platform_claims);
  auto tsm = tsm_token_of(*tsm_claims);
  auto tvm = tvm_token_of(*tvm_claims);
  if (!platform || !tsm || !tvm) return std::nullopt;
  return ReadEvidence{std::move(*envelope), std::move(x509), std::move(*certificate), std::move(*tokens),
                      std::move(*platform), std::move(*tsm), std::move(*tvm)};
}

}  // namespace coveproto
