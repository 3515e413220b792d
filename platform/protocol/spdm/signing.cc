#include "platform/protocol/spdm/signing.h"

#include "platform/base/check.h"

namespace spdm {
namespace {

constexpr std::size_t kVersionTextCopies = 4;

std::optional<crypto::RsaScheme> rsa_scheme_of(std::uint32_t asym) {
  if (asym == kAsymRsaPss2048 || asym == kAsymRsaPss3072 || asym == kAsymRsaPss4096) return crypto::RsaScheme::kPss;
  if (asym == kAsymRsaSsa2048 || asym == kAsymRsaSsa3072 || asym == kAsymRsaSsa4096) return crypto::RsaScheme::kPkcs1;
  return std::nullopt;
}

}  // namespace

std::string_view context_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::kChallengeAuth: return "responder-challenge_auth signing";
    case Purpose::kMutualChallengeAuth: return "requester-challenge_auth signing";
    case Purpose::kMeasurements: return "responder-measurements signing";
    case Purpose::kKeyExchangeRsp: return "responder-key_exchange_rsp signing";
    case Purpose::kFinish: return "requester-finish signing";
  }
  return {};
}

base::Bytes signing_prefix(Version version, Purpose purpose) {
  std::string text = "dmtf-spdm-v1.2.*";
  text[13] = static_cast<char>('0' + (static_cast<std::uint8_t>(version) & 0xf));
  base::Bytes prefix;
  for (std::size_t i = 0; i < kVersionTextCopies; ++i) base::append(prefix, base::view_of(text));
  const std::string_view context = context_of(purpose);
  prefix.resize(kSigningPrefixSize - context.size());
  base::append(prefix, base::view_of(context));
  return prefix;
}

base::Bytes signed_message(const Algorithms& algorithms, Purpose purpose, base::View transcript) {
  if (algorithms.version < Version::k12) return base::bytes_of(transcript);
  base::Bytes message = signing_prefix(algorithms.version, purpose);
  base::append(message, crypto::hash(hash_of(algorithms), transcript));
  return message;
}

base::Bytes sign(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
                 const crypto::EcKey& key, crypto::Library& library, const crypto::Operation& operation) {
  base::check(ecdsa_curve_of(asym) == key.curve(), "the key is of the negotiated algorithm");
  const base::Bytes message = signed_message(algorithms, purpose, transcript);
  return key.sign_digest(library, operation, crypto::hash(hash_of(algorithms), message)).joined();
}

base::Bytes sign(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
                 const crypto::RsaKey& key, crypto::Library& library, const crypto::Operation& operation) {
  const auto scheme = rsa_scheme_of(asym);
  base::check(scheme && crypto::rsa_modulus_size(key.public_key()) == signature_size(asym),
              "the key is of the negotiated algorithm");
  return key.sign(library, operation, *scheme, hash_of(algorithms), signed_message(algorithms, purpose, transcript));
}

bool verify(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
            base::View public_key_info, base::View signature) {
  if (signature.empty() || signature.size() != signature_size(asym)) return false;
  const base::Bytes message = signed_message(algorithms, purpose, transcript);
  const crypto::Digest digest = hash_of(algorithms);
  if (auto scheme = rsa_scheme_of(asym)) {
    return crypto::rsa_modulus_size(public_key_info) == signature.size() &&
           crypto::rsa_verify(public_key_info, *scheme, digest, message, signature);
  }
  const std::optional<base::Bytes> point = crypto::point_of(public_key_info);
  const std::optional<crypto::EcSignature> pair = crypto::ec_signature_of(signature);
  return point && pair && point->size() == signature.size() &&
         crypto::ec_verify_digest(*point, crypto::hash(digest, message), *pair);
}

}  // namespace spdm
