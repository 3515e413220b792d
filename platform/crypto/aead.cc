#include "platform/crypto/aead.h"

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

}  // namespace

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
