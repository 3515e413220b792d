#include "platform/crypto/ed25519.h"

#include <openssl/err.h>

#include <algorithm>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/hash.h"

namespace crypto {
namespace {

Pkey own_key(base::View own) {
  Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, own.data(), own.size()));
  check_openssl(key != nullptr);
  return key;
}

}  // namespace

Ed25519Key Ed25519Key::from_private(const base::Block<32>& key) {
  base::Block<32> shown{};
  std::size_t size = shown.size();
  check_openssl(EVP_PKEY_get_raw_public_key(own_key(key).get(), shown.data(), &size) == 1 && size == shown.size());
  return Ed25519Key(key, shown);
}

Ed25519Key Ed25519Key::derive(base::View seed, std::string_view label) {
  const base::Bytes bytes = hkdf_sha384(seed, base::view_of("glacis ed25519 key"), base::view_of(label), 32);
  base::Block<32> key{};
  std::ranges::copy(bytes, key.begin());
  return from_private(key);
}

base::Block<64> Ed25519Key::sign(base::View message) const {
  const Pkey key = own_key(private_);
  const DigestContext context(EVP_MD_CTX_new());
  base::Block<64> signature{};
  std::size_t size = signature.size();
  check_openssl(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  check_openssl(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1 &&
                size == signature.size());
  return signature;
}

bool ed25519_verify(base::View public_key, base::View message, base::View signature) {
  if (public_key.size() != 32 || signature.size() != 64) return false;
  const Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  const DigestContext context(EVP_MD_CTX_new());
  check_openssl(key != nullptr && context != nullptr);
  check_openssl(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  const bool good =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace crypto
