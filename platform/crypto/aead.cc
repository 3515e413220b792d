#include "platform/crypto/aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>

#include "platform/crypto/algorithms.h"

namespace crypto {
namespace {

int size_of(base::View data) { return static_cast<int>(data.size()); }

const EVP_CIPHER* algorithm_of(Aead aead) {
  switch (aead) {
    case Aead::kAes128Gcm: return aes128_gcm_algorithm();
    case Aead::kAes256Gcm: return aes256_gcm_algorithm();
    default: return chacha20_poly1305_algorithm();
  }
}

CipherContext start(Aead aead, base::View key, base::View iv, bool sealing) {
  base::check(key.size() == key_size_of(aead), "the key has the cipher's size");
  CipherContext context(EVP_CIPHER_CTX_new());
  check_openssl(context != nullptr);
  check_openssl(EVP_CipherInit_ex2(context.get(), algorithm_of(aead), nullptr, nullptr, sealing, nullptr) == 1);
  check_openssl(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, size_of(iv), nullptr) == 1);
  check_openssl(EVP_CipherInit_ex2(context.get(), nullptr, key.data(), iv.data(), sealing, nullptr) == 1);
  return context;
}

// `out` has room for `data`. A null output would make OpenSSL take the data for AAD, so an empty text is skipped.
void feed(EVP_CIPHER_CTX* context, base::View aad, base::View data, std::uint8_t* out) {
  int written = 0;
  if (!aad.empty()) check_openssl(EVP_CipherUpdate(context, nullptr, &written, aad.data(), size_of(aad)) == 1);
  if (!data.empty()) check_openssl(EVP_CipherUpdate(context, out, &written, data.data(), size_of(data)) == 1);
}

CipherContext start_key(const base::Block<32>& key, bool sealing) {
  CipherContext context(EVP_CIPHER_CTX_new());
  check_openssl(context != nullptr);
  check_openssl(EVP_CipherInit_ex2(context.get(), aes256_gcm_algorithm(), key.data(), nullptr, sealing, nullptr) == 1);
  return context;
}

}  // namespace

Aes256Gcm::Aes256Gcm(const base::Block<32>& key, GcmPath path) : passes_(find_gcm_passes(path)), key_(key) {
  if (passes_) expanded_ = passes_->expand(key);
}

void Aes256Gcm::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

// A new nonce under the same key. OpenSSL looks at parameters one by one, so the tag comes with the nonce.
evp_cipher_ctx_st* Aes256Gcm::start(base::View iv, bool sealing, base::View tag) {
  if (context_ == nullptr || sealing_ != sealing) {
    sealing_ = sealing;
    context_.reset(start_key(key_, sealing).release());
  }
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, const_cast<std::uint8_t*>(tag.data()), tag.size()),
      OSSL_PARAM_construct_end()};
  check_openssl(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, iv.data(), sealing,
                                   tag.empty() ? nullptr : parameters) == 1);
  return context_.get();
}

void Aes256Gcm::seal(base::View iv, base::View aad, base::View plain, std::uint8_t* out, std::span<std::uint8_t> tag) {
  base::check(iv.size() == kAeadIvSize && tag.size() <= kGcmTagSize, "the nonce and the tag have GCM's sizes");
  if (passes_) {
    const auto whole = passes_->seal(expanded_, {.iv = iv, .aad = aad, .in = plain, .out = out});
    std::copy_n(whole.begin(), tag.size(), tag.begin());
    return;
  }
  EVP_CIPHER_CTX* context = start(iv, true, {});
  feed(context, aad, plain, out);
  std::uint8_t nothing[16];
  int written = 0;
  check_openssl(EVP_CipherFinal_ex(context, nothing, &written) == 1);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
                             OSSL_PARAM_construct_end()};
  check_openssl(EVP_CIPHER_CTX_get_params(context, parameters) == 1);
}

bool Aes256Gcm::open(base::View iv, base::View aad, base::View sealed, std::uint8_t* out, base::View tag) {
  base::check(iv.size() == kAeadIvSize && tag.size() <= kGcmTagSize, "the nonce and the tag have GCM's sizes");
  if (passes_) {
    const auto whole = passes_->open(expanded_, {.iv = iv, .aad = aad, .in = sealed, .out = out});
    return !tag.empty() && CRYPTO_memcmp(whole.data(), tag.data(), tag.size()) == 0;
  }
  EVP_CIPHER_CTX* context = start(iv, false, tag);
  feed(context, aad, sealed, out);
  std::uint8_t nothing[16];
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing, &written) == 1 && !tag.empty();
}

base::Bytes aead_seal(Aead aead, base::View key, base::View iv, base::View aad, base::View plain) {
  CipherContext context = start(aead, key, iv, true);
  base::Bytes out(plain.size() + kAeadTagSize);
  feed(context.get(), aad, plain, out.data());
  int written = 0;
  std::uint8_t* tag = out.data() + plain.size();
  check_openssl(EVP_CipherFinal_ex(context.get(), tag, &written) == 1);
  check_openssl(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, tag) == 1);
  return out;
}

std::optional<base::Bytes> aead_open(Aead aead, base::View key, base::View iv, base::View aad, base::View sealed) {
  if (sealed.size() < kAeadTagSize) return std::nullopt;
  CipherContext context = start(aead, key, iv, false);
  base::View text = sealed.first(sealed.size() - kAeadTagSize);
  base::Bytes tag = base::bytes_of(sealed.last(kAeadTagSize));
  base::Bytes out(text.size());
  check_openssl(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, tag.data()) == 1);
  feed(context.get(), aad, text, out.data());
  std::uint8_t nothing[16];
  int written = 0;
  if (EVP_CipherFinal_ex(context.get(), nothing, &written) != 1) return std::nullopt;
  return out;
}

base::Bytes aes256_gcm_seal(const base::Block<32>& key, base::View iv, base::View aad, base::View plain) {
  return aead_seal(Aead::kAes256Gcm, key, iv, aad, plain);
}

std::optional<base::Bytes> aes256_gcm_open(const base::Block<32>& key, base::View iv, base::View aad,
                                           base::View sealed) {
  return aead_open(Aead::kAes256Gcm, key, iv, aad, sealed);
}

base::Bytes aes128_ctr(const base::Block<16>& key, const base::Block<16>& iv, base::View data) {
  CipherContext context(EVP_CIPHER_CTX_new());
  check_openssl(context != nullptr);
  check_openssl(EVP_EncryptInit_ex2(context.get(), aes128_ctr_algorithm(), key.data(), iv.data(), nullptr) == 1);
  base::Bytes out(data.size());
  feed(context.get(), {}, data, out.data());
  return out;
}

}  // namespace crypto
