#include "platform/protocol/pkvm/dice.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/digest.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/cose/key.h"

namespace pkvmproto {
namespace {

// Open Profile for DICE, 7.3 and 7.4: salts of key pairs and of ids.
constexpr std::uint8_t kKeySalt[64] = {0x63, 0xB6, 0xA0, 0x4D, 0x2C, 0x07, 0x7F, 0xC1, 0x0F, 0x63, 0x9F, 0x21, 0xDA,
                                       0x79, 0x38, 0x44, 0x35, 0x6C, 0xC2, 0xB0, 0xB4, 0x41, 0xB3, 0xA7, 0x71, 0x24,
                                       0x03, 0x5C, 0x03, 0xF8, 0xE1, 0xBE, 0x60, 0x35, 0xD3, 0x1F, 0x28, 0x28, 0x21,
                                       0xA7, 0x45, 0x0A, 0x02, 0x22, 0x2A, 0xB1, 0xB3, 0xCF, 0xF1, 0x67, 0x9B, 0x05,
                                       0xAB, 0x1C, 0xA5, 0xD1, 0xAF, 0xFB, 0x78, 0x9C, 0xCD, 0x2B, 0x0B, 0x3B};
constexpr std::uint8_t kIdSalt[64] = {0xDB, 0xDB, 0xAE, 0xBC, 0x80, 0x20, 0xDA, 0x9F, 0xF0, 0xDD, 0x5A, 0x24, 0xC8,
                                      0x3A, 0xA5, 0xA5, 0x42, 0x86, 0xDF, 0xC2, 0x63, 0x03, 0x1E, 0x32, 0x9B, 0x4D,
                                      0xA1, 0x48, 0x43, 0x06, 0x59, 0xFE, 0x62, 0xCD, 0xB5, 0xB7, 0xE1, 0xE0, 0x0F,
                                      0xC6, 0x80, 0x30, 0x67, 0x11, 0xEB, 0x44, 0x4A, 0xF7, 0x72, 0x09, 0x35, 0x94,
                                      0x96, 0xFC, 0xFF, 0x1D, 0xB9, 0x52, 0x0B, 0xA5, 0x1C, 0x7B, 0x29, 0xEA};
constexpr std::int64_t kKeyAlgorithmLabel = 3, kKeyOpsLabel = 4, kKeyOpVerify = 2;
constexpr std::int64_t kHandoverAttest = 1, kHandoverSeal = 2, kHandoverChain = 3;

base::Bytes kdf(base::View ikm, base::View salt, std::string_view info, std::size_t length) {
  return crypto::hkdf_expand(crypto::Digest::kSha512, crypto::hkdf_extract(crypto::Digest::kSha512, salt, ikm),
                             base::view_of(info), length);
}

template <std::size_t N>
base::Block<N> block(base::View from) {
  base::check(from.size() == N, "a block is filled exactly");
  base::Block<N> out{};
  std::ranges::copy(from, out.begin());
  return out;
}
template <std::size_t N>
std::optional<base::Block<N>> block_at(const cbor::Value& map, std::int64_t key) {
  const cbor::Value* found = cbor::find(map, key);
  const base::Bytes* bytes = found ? found->as_bytes() : nullptr;
  if (!bytes || bytes->size() != N) return std::nullopt;
  return block<N>(*bytes);
}
const base::Bytes* bytes_at(const cbor::Value& map, std::int64_t key) {
  const cbor::Value* found = cbor::find(map, key);
  return found ? found->as_bytes() : nullptr;
}
const std::string* text_at(const cbor::Value& map, std::int64_t key) {
  const cbor::Value* found = cbor::find(map, key);
  return found ? found->as_text() : nullptr;
}

// A P-384 public key as this profile writes it.
std::optional<base::Bytes> dice_point(const cbor::Value& key) {
  const cbor::Value* algorithm = cbor::find(key, kKeyAlgorithmLabel);
  if (!algorithm || !algorithm->as_int() || *algorithm->as_int() != static_cast<std::int64_t>(cose::Algorithm::kEs384))
    return std::nullopt;
  auto point = cose::ec2_point(key);
  if (!point || point->size() != 2 * crypto::width_of(crypto::Curve::kP384)) return std::nullopt;
  return point;
}

std::optional<DiceEntry> entry_of(const cbor::Value& value) {
  auto message = cose::sign1_of(value);
  if (!message) return std::nullopt;
  const auto claims = cbor::decode(message->payload);
  if (!claims || !claims->as_map()) return std::nullopt;
  const auto code = block_at<64>(*claims, kClaimCodeHash);
  const auto config = block_at<64>(*claims, kClaimConfigHash);
  const auto authority = block_at<64>(*claims, kClaimAuthorityHash);
  const auto mode = block_at<1>(*claims, kClaimMode);
  const auto usage = block_at<1>(*claims, kClaimKeyUsage);
  const std::string* issuer = text_at(*claims, kClaimIssuer);
  const std::string* subject = text_at(*claims, kClaimSubject);
  const std::string* profile = text_at(*claims, kClaimProfile);
  const base::Bytes* descriptor = bytes_at(*claims, kClaimConfigDescriptor);
  const base::Bytes* key = bytes_at(*claims, kClaimSubjectKey);
  if (!code || !config || !authority || !mode || !usage || !issuer || !subject || !profile || !descriptor || !key)
    return std::nullopt;
  if ((*usage)[0] != kKeyUsageCertSign || (*mode)[0] > static_cast<std::uint8_t>(DiceMode::kRecovery))
    return std::nullopt;
  const auto read = decode_config_descriptor(*descriptor);
  const auto key_value = cbor::decode(*key);
  const auto point = key_value ? dice_point(*key_value) : std::nullopt;
  if (!read || !point) return std::nullopt;
  DiceEntry out;
  out.issuer = *issuer, out.subject = *subject, out.profile = *profile;
  out.code_hash = *code, out.config_hash = *config, out.authority_hash = *authority;
  out.config_descriptor = *descriptor, out.config = *read;
  out.mode = static_cast<DiceMode>((*mode)[0]);
  out.subject_point = *point;
  out.message = std::move(*message);
  return out;
}

std::optional<DiceChain> chain_of(const cbor::Value& value) {
  const cbor::Array* items = value.as_array();
  if (!items || items->size() < 2 || items->size() > 1 + kDiceEntriesMax) return std::nullopt;
  DiceChain out;
  auto root = dice_point(items->front());
  if (!root) return std::nullopt;
  out.root_point = std::move(*root);
  for (std::size_t i = 1; i < items->size(); ++i) {
    auto entry = entry_of((*items)[i]);
    if (!entry) return std::nullopt;
    out.entries.push_back(std::move(*entry));
  }
  return out;
}

}  // namespace

// ---- secrets and keys -----------------------------------------------------------------------------------------------

Cdis next_cdis(const Cdis& current, const DiceInput& input) {
  base::Bytes sealed;
  base::append(sealed, input.authority_hash);
  sealed.push_back(static_cast<std::uint8_t>(input.mode));
  base::append(sealed, input.hidden);
  base::Bytes attested;
  base::append(attested, input.code_hash);
  base::append(attested,
               input.config_descriptor.empty() ? input.inline_config : crypto::sha512(input.config_descriptor));
  base::append(attested, sealed);
  return {block<32>(kdf(current.attest, crypto::sha512(attested), "CDI_Attest", 32)),
          block<32>(kdf(current.seal, crypto::sha512(sealed), "CDI_Seal", 32))};
}

// RFC 6979, 3.2 over HMAC-SHA-512, of whose 64 bytes the first 48 are a candidate; as the reference implementation of
// Open DICE steps it, with V taken twice before each candidate.
crypto::EcKey dice_key(const Cdi& attest) {
  const base::Bytes seed = kdf(attest, kKeySalt, "Key Pair", 32);
  base::Bytes v(64, 1), k(64, 0);
  const auto mac = [&](base::View message) { return crypto::hmac(crypto::Digest::kSha512, k, message); };
  const auto update_k = [&](std::uint8_t separator, base::View with) {
    base::Bytes message = v;
    message.push_back(separator);
    base::append(message, with);
    k = mac(message);
  };
  update_k(0, seed);
  v = mac(v);
  update_k(1, seed);
  for (;;) {
    v = mac(v);
    v = mac(v);
    if (auto key = crypto::EcKey::from_scalar(crypto::Curve::kP384, base::View(v).first(48))) return *key;
    update_k(0, {});
  }
}

std::string dice_id(base::View public_point) {
  base::Bytes id = kdf(public_point, kIdSalt, "ID", 20);
  id[0] &= 0x7F;
  return base::to_hex(id);
}

cbor::Value dice_public_key(base::View public_point) {
  cbor::Value key = cose::ec2_key(public_point);
  auto& pairs = *key.as_map();
  const cbor::Pair ours[] = {{kKeyAlgorithmLabel, static_cast<std::int64_t>(cose::Algorithm::kEs384)},
                             {kKeyOpsLabel, cbor::Array{cbor::Value(kKeyOpVerify)}}};
  pairs.insert(pairs.begin() + 1, std::begin(ours), std::end(ours));
  return key;
}

// ---- certificates ---------------------------------------------------------------------------------------------------

cbor::Value dice_claims(base::View authority_point, base::View subject_point, const DiceInput& input,
                        std::string_view profile) {
  cbor::Map out;
  const auto add = [&](std::int64_t key, cbor::Value value) { out.push_back({key, std::move(value)}); };
  add(kClaimIssuer, dice_id(authority_point));
  add(kClaimSubject, dice_id(subject_point));
  add(kClaimCodeHash, input.code_hash);
  if (!input.code_descriptor.empty()) add(kClaimCodeDescriptor, input.code_descriptor);
  if (!input.config_descriptor.empty()) {
    add(kClaimConfigDescriptor, input.config_descriptor);
    add(kClaimConfigHash, crypto::sha512(input.config_descriptor));
  } else {
    add(kClaimConfigDescriptor, input.inline_config);
  }
  add(kClaimAuthorityHash, input.authority_hash);
  if (!input.authority_descriptor.empty()) add(kClaimAuthorityDescriptor, input.authority_descriptor);
  add(kClaimMode, base::Bytes{static_cast<std::uint8_t>(input.mode)});
  add(kClaimSubjectKey, cbor::encode(dice_public_key(subject_point), cbor::Order::kAsGiven));
  add(kClaimKeyUsage, base::Bytes{kKeyUsageCertSign});
  add(kClaimProfile, profile);
  return out;
}

cose::Sign1 dice_certificate(crypto::Library& library, const crypto::Operation& operation,
                             const crypto::EcKey& authority, base::View subject_point, const DiceInput& input,
                             std::string_view what, const DiceEdit& edit) {
  cbor::Value claims = dice_claims(authority.public_point(), subject_point, input, kAndroidProfile);
  if (edit) edit(what, claims);
  return cose::sign1(library, operation, authority, cbor::encode(claims, cbor::Order::kAsGiven),
                     cose::Algorithm::kEs384);
}

base::Bytes encode_config_descriptor(const ConfigDescriptor& config) {
  cbor::Map out;
  if (config.component_name) out.push_back({kConfigComponentName, *config.component_name});
  if (config.component_version) out.push_back({kConfigComponentVersion, *config.component_version});
  if (config.resettable) out.push_back({kConfigResettable, nullptr});
  if (config.security_version) out.push_back({kConfigSecurityVersion, *config.security_version});
  if (config.rkp_vm) out.push_back({kConfigRkpVm, nullptr});
  if (config.instance_name) out.push_back({kConfigInstanceName, *config.instance_name});
  return cbor::encode(out, cbor::Order::kAsGiven);
}

std::optional<ConfigDescriptor> decode_config_descriptor(base::View bytes) {
  const auto value = cbor::decode(bytes);
  const cbor::Map* pairs = value ? value->as_map() : nullptr;
  if (!pairs) return std::nullopt;
  ConfigDescriptor out;
  for (const auto& [key, held] : *pairs) {
    if (!key.as_int()) return std::nullopt;
    const std::int64_t label = *key.as_int();
    const bool number = held.as_int() && *held.as_int() >= 0;
    if (label == kConfigComponentName && held.as_text()) out.component_name = *held.as_text();
    else if (label == kConfigComponentVersion && number) out.component_version = *held.as_int();
    else if (label == kConfigResettable && held.is_null()) out.resettable = true;
    else if (label == kConfigSecurityVersion && number) out.security_version = *held.as_int();
    else if (label == kConfigRkpVm && held.is_null()) out.rkp_vm = true;
    else if (label == kConfigInstanceName && held.as_bytes()) out.instance_name = *held.as_bytes();
    else if (label < kConfigAvfFirst || label > kConfigAvfLast) return std::nullopt;
  }
  return out;
}

// ---- chains ---------------------------------------------------------------------------------------------------------

base::Bytes encode_chain(base::View root_point, const std::vector<cose::Sign1>& entries) {
  cbor::Array out{dice_public_key(root_point)};
  for (const auto& entry : entries) out.push_back(cose::sign1_value(entry));
  return cbor::encode(out, cbor::Order::kAsGiven);
}

std::optional<DiceChain> decode_chain(base::View bytes) {
  const auto value = cbor::decode(bytes);
  return value ? chain_of(*value) : std::nullopt;
}

std::optional<base::Bytes> append_to_chain(base::View chain, const cose::Sign1& entry) {
  auto value = cbor::decode(chain);
  if (!value || !chain_of(*value)) return std::nullopt;
  value->as_array()->push_back(cose::sign1_value(entry));
  return cbor::encode(*value, cbor::Order::kAsGiven);
}

base::Bytes encode_handover(const Handover& handover) {
  auto chain = cbor::decode(handover.chain);
  base::check(chain.has_value(), "a chain is CBOR");
  return cbor::encode(cbor::Map{{kHandoverAttest, handover.cdis.attest},
                                {kHandoverSeal, handover.cdis.seal},
                                {kHandoverChain, std::move(*chain)}},
                      cbor::Order::kAsGiven);
}

std::optional<Handover> decode_handover(base::View bytes) {
  const auto value = cbor::decode(bytes);
  if (!value || !value->as_map() || value->as_map()->size() != 3) return std::nullopt;
  const auto attest = block_at<32>(*value, kHandoverAttest), seal = block_at<32>(*value, kHandoverSeal);
  const cbor::Value* chain = cbor::find(*value, kHandoverChain);
  if (!attest || !seal || !chain || !chain_of(*chain)) return std::nullopt;
  return Handover{{*attest, *seal}, cbor::encode(*chain, cbor::Order::kAsGiven)};
}

}  // namespace pkvmproto
