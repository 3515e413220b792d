#include "platform/protocol/cose/sign1.h"

#include <algorithm>

#include "platform/crypto/digest.h"

namespace cose {
namespace {

constexpr std::size_t kEd25519Width = 32;

crypto::Digest digest_of(Algorithm algorithm) {
  base::check(algorithm != Algorithm::kEdDsa, "an ECDSA algorithm has a hash of its own");
  return algorithm == Algorithm::kEs256   ? crypto::Digest::kSha256
         : algorithm == Algorithm::kEs384 ? crypto::Digest::kSha384
                                          : crypto::Digest::kSha512;
}

// RFC 9052, 3: a map without entries goes as a string without bytes, and counts as one when it is signed (4.4).
base::Bytes protected_bytes(const Sign1& message) {
  const cbor::Map* header = message.protected_header.as_map();
  if (header != nullptr && header->empty()) return {};
  return cbor::encode(message.protected_header, cbor::Order::kAsGiven);
}

bool is_header(const cbor::Value& value) {
  const cbor::Map* header = value.as_map();
  return header != nullptr && std::ranges::all_of(*header, [](const cbor::Pair& pair) {
           return pair.key.as_int() != nullptr || pair.key.as_text() != nullptr;
         });
}

// RFC 9052, 3: no label stands in both headers.
bool share_a_label(const cbor::Map& one, const cbor::Map& other) {
  return std::ranges::any_of(one, [&](const cbor::Pair& pair) {
    return std::ranges::any_of(other, [&](const cbor::Pair& there) { return there.key == pair.key; });
  });
}

// RFC 9052, 3.1, crit: a list with an entry at least, all of it protected and understood. We understand the algorithm,
// the content type and the key's name, none of which needs the list.
bool critical_headers_known(const Sign1& message) {
  if (cbor::find(message.unprotected, kCriticalLabel) != nullptr) return false;
  const cbor::Value* critical = cbor::find(message.protected_header, kCriticalLabel);
  if (critical == nullptr) return true;
  const cbor::Array* labels = critical->as_array();
  return labels != nullptr && !labels->empty() && std::ranges::all_of(*labels, [&](const cbor::Value& label) {
           const std::int64_t* number = label.as_int();
           const bool known = number != nullptr &&
                              (*number == kAlgorithmLabel || *number == kContentTypeLabel || *number == kKeyIdLabel);
           return known && cbor::find(message.protected_header, *number) != nullptr;
         });
}

}  // namespace

cbor::Value sign1_value(const Sign1& message) {
  return cbor::Array{protected_bytes(message), message.unprotected, message.payload, message.signature};
}

std::optional<Sign1> sign1_of(const cbor::Value& value) {
  const cbor::Array* parts = value.as_array();
  if (parts == nullptr || parts->size() != 4) return std::nullopt;
  const base::Bytes* wrapped = (*parts)[0].as_bytes();
  const base::Bytes* payload = (*parts)[2].as_bytes();
  const base::Bytes* signature = (*parts)[3].as_bytes();
  if (wrapped == nullptr || payload == nullptr || signature == nullptr) return std::nullopt;
  const std::optional<cbor::Value> header = wrapped->empty() ? cbor::Value(cbor::Map{}) : cbor::decode(*wrapped);
  if (!header || !is_header(*header) || !is_header((*parts)[1])) return std::nullopt;
  if (share_a_label(*header->as_map(), *(*parts)[1].as_map())) return std::nullopt;
  return Sign1{*header, (*parts)[1], *payload, *signature};
}

base::Bytes encode_sign1(const Sign1& message) {
  return cbor::encode(cbor::Value::tagged(kSign1Tag, sign1_value(message)), cbor::Order::kAsGiven);
}

std::optional<Sign1> decode_sign1(base::View bytes) {
  const std::optional<cbor::Value> value = cbor::decode(bytes);
  const cbor::Value* content = value ? value->content(kSign1Tag) : nullptr;
  return content == nullptr ? std::nullopt : sign1_of(*content);
}

std::optional<Algorithm> algorithm_of(const Sign1& message) {
  const cbor::Value* value = cbor::find(message.protected_header, kAlgorithmLabel);
  const std::int64_t* number = value == nullptr ? nullptr : value->as_int();
  if (number == nullptr) return std::nullopt;
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEdDsa, Algorithm::kEs384, Algorithm::kEs512})
    if (*number == static_cast<std::int64_t>(algorithm)) return algorithm;
  return std::nullopt;
}

Algorithm algorithm_for(crypto::Curve curve) {
  return curve == crypto::Curve::kP256   ? Algorithm::kEs256
         : curve == crypto::Curve::kP384 ? Algorithm::kEs384
                                         : Algorithm::kEs512;
}

base::Bytes to_be_signed(const Sign1& message, base::View external_data) {
  return cbor::encode(cbor::Array{"Signature1", protected_bytes(message), external_data, message.payload});
}

Sign1 sign1(crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key, base::Bytes payload,
            Algorithm algorithm, base::View external_data) {
  Sign1 message{.protected_header = cbor::Map{{kAlgorithmLabel, static_cast<std::int64_t>(algorithm)}},
                .payload = std::move(payload)};
  sign(message, library, operation, key, algorithm, external_data);
  return message;
}

Sign1 sign1(const crypto::Ed25519Key& key, base::Bytes payload, base::View external_data) {
  Sign1 message{.protected_header = cbor::Map{{kAlgorithmLabel, static_cast<std::int64_t>(Algorithm::kEdDsa)}},
                .payload = std::move(payload)};
  sign(message, key, external_data);
  return message;
}

void sign(Sign1& message, crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key,
          Algorithm algorithm, base::View external_data) {
  const base::Bytes digest = crypto::hash(digest_of(algorithm), to_be_signed(message, external_data));
  message.signature = key.sign_digest(library, operation, digest).joined();
}

void sign(Sign1& message, const crypto::Ed25519Key& key, base::View external_data) {
  message.signature = base::bytes_of(base::View(key.sign(to_be_signed(message, external_data))));
}

bool verify(const Sign1& message, base::View public_key, base::View external_data) {
  const std::optional<Algorithm> algorithm = algorithm_of(message);
  if (!algorithm || !critical_headers_known(message)) return false;
  const base::Bytes signed_bytes = to_be_signed(message, external_data);
  if ((algorithm == Algorithm::kEdDsa) != (public_key.size() == kEd25519Width)) return false;
  if (algorithm == Algorithm::kEdDsa) return crypto::ed25519_verify(public_key, signed_bytes, message.signature);
  const std::optional<crypto::EcSignature> signature = crypto::ec_signature_of(message.signature);
  return signature &&
         crypto::ec_verify_digest(public_key, crypto::hash(digest_of(*algorithm), signed_bytes), *signature);
}

}  // namespace cose
