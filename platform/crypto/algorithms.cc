#include "platform/crypto/algorithms.h"

namespace crypto {
namespace {

const EVP_MD* fetch_digest(const char* name) {
  const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
  check_openssl(digest != nullptr);
  return digest;
}

const EVP_CIPHER* fetch_cipher(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  check_openssl(cipher != nullptr);
  return cipher;
}

}  // namespace

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const kDigest = fetch_digest("SHA2-256");
  return kDigest;
}
const EVP_MD* sha384_algorithm() {
  static const EVP_MD* const kDigest = fetch_digest("SHA2-384");
  return kDigest;
}
const EVP_MD* sha512_algorithm() {
  static const EVP_MD* const kDigest = fetch_digest("SHA2-512");
  return kDigest;
}
void digest_of(const EVP_MD* algorithm, std::initializer_list<base::View> parts, std::uint8_t* out) {
  const auto ready = [](const EVP_MD* which) {
    DigestContext context(EVP_MD_CTX_new());
    check_openssl(context != nullptr && EVP_DigestInit_ex(context.get(), which, nullptr) == 1);
    return context;
  };
  thread_local const DigestContext kContexts[] = {ready(sha256_algorithm()), ready(sha384_algorithm()), ready(sha512_algorithm())};
  EVP_MD_CTX* context = kContexts[algorithm == sha256_algorithm() ? 0 : algorithm == sha384_algorithm() ? 1 : 2].get();
  bool done = EVP_DigestInit_ex(context, nullptr, nullptr) == 1;
  for (const base::View part : parts) done = done && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  check_openssl(done && EVP_DigestFinal_ex(context, out, nullptr) == 1);
}
const EVP_CIPHER* aes256_gcm_algorithm() {
  static const EVP_CIPHER* const kCipher = fetch_cipher("AES-256-GCM");
  return kCipher;
}
const EVP_CIPHER* aes128_gcm_algorithm() {
  static const EVP_CIPHER* const kCipher = fetch_cipher("AES-128-GCM");
  return kCipher;
}
const EVP_CIPHER* chacha20_poly1305_algorithm() {
  static const EVP_CIPHER* const kCipher = fetch_cipher("ChaCha20-Poly1305");
  return kCipher;
}
const EVP_CIPHER* aes128_ctr_algorithm() {
  static const EVP_CIPHER* const kCipher = fetch_cipher("AES-128-CTR");
  return kCipher;
}
const EVP_CIPHER* aes256_xts_algorithm() {
  static const EVP_CIPHER* const kCipher = fetch_cipher("AES-256-XTS");
  return kCipher;
}

}  // namespace crypto
