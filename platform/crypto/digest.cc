#include "platform/crypto/digest.h"

#include <openssl/hmac.h>

#include "platform/crypto/algorithms.h"

namespace crypto {
namespace {

const EVP_MD* algorithm_of(Digest digest) {
  switch (digest) {
    case Digest::kSha256: return sha256_algorithm();
    case Digest::kSha384: return sha384_algorithm();
    default: return sha512_algorithm();
  }
}

}  // namespace

base::Bytes hash(Digest digest, base::View data) {
  base::Bytes out(size_of(digest));
  check_openssl(EVP_Digest(data.data(), data.size(), out.data(), nullptr, algorithm_of(digest), nullptr) == 1);
  return out;
}

base::Bytes hmac(Digest digest, base::View key, base::View data) {
  static constexpr std::uint8_t kNothing = 0;  // HMAC takes a null key for "the previous one"
  base::Bytes out(size_of(digest));
  const std::uint8_t* key_bytes = key.empty() ? &kNothing : key.data();
  const auto* written = HMAC(algorithm_of(digest), key_bytes, static_cast<int>(key.size()), data.data(), data.size(),
                             out.data(), nullptr);
  check_openssl(written != nullptr);
  return out;
}

base::Bytes hkdf_extract(Digest digest, base::View salt, base::View ikm) { return hmac(digest, salt, ikm); }

base::Bytes hkdf_expand(Digest digest, base::View prk, base::View info, std::size_t length) {
  base::check(length <= 255 * size_of(digest), "HKDF gives at most 255 blocks");
  base::Bytes out;
  base::Bytes previous;
  for (std::uint8_t i = 1; out.size() < length; ++i) {
    base::Bytes input = previous;
    base::append(input, info);
    input.push_back(i);
    previous = hmac(digest, prk, input);
    base::append(out, previous);
  }
  out.resize(length);
  return out;
}

}  // namespace crypto
