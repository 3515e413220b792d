#include "platform/crypto/hash.h"

#include <algorithm>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/digest.h"

namespace crypto {
namespace {

template <std::size_t N>
base::Block<N> block_of(const EVP_MD* algorithm, base::View data) {
  base::Block<N> out;
  digest_of(algorithm, {data}, out.data());
  return out;
}

template <std::size_t N>
const EVP_MD* algorithm_of() {
  return N == 32 ? sha256_algorithm() : sha384_algorithm();
}

template <std::size_t N>
base::Block<N> hmac(base::View key, base::View data) {
  const base::Bytes mac = crypto::hmac(N == 32 ? Digest::kSha256 : Digest::kSha384, key, data);
  base::Block<N> out;
  std::ranges::copy(mac, out.begin());
  return out;
}

template <std::size_t N>
base::Bytes hkdf_expand(base::View prk, base::View info, std::size_t length) {
  return crypto::hkdf_expand(N == 32 ? Digest::kSha256 : Digest::kSha384, prk, info, length);
}

}  // namespace

base::Block<32> sha256(base::View data) { return block_of<32>(sha256_algorithm(), data); }
base::Block<48> sha384(base::View data) { return block_of<48>(sha384_algorithm(), data); }
base::Block<64> sha512(base::View data) { return block_of<64>(sha512_algorithm(), data); }

template <std::size_t N>
Hash<N>::Hash() : context_(EVP_MD_CTX_new()) {
  check_openssl(context_ != nullptr && EVP_DigestInit_ex(context_, algorithm_of<N>(), nullptr) == 1);
}
template <std::size_t N>
Hash<N>::Hash(const Hash& other) : context_(EVP_MD_CTX_new()) {
  check_openssl(context_ != nullptr && EVP_MD_CTX_copy_ex(context_, other.context_) == 1);
}
template <std::size_t N>
Hash<N>& Hash<N>::operator=(const Hash& other) {
  if (this != &other) check_openssl(EVP_MD_CTX_copy_ex(context_, other.context_) == 1);
  return *this;
}
template <std::size_t N>
Hash<N>::~Hash() {
  EVP_MD_CTX_free(context_);
}
template <std::size_t N>
Hash<N>& Hash<N>::update(base::View data) {
  check_openssl(EVP_DigestUpdate(context_, data.data(), data.size()) == 1);
  return *this;
}
template <std::size_t N>
base::Block<N> Hash<N>::finish() const {
  DigestContext copy(EVP_MD_CTX_new());
  base::Block<N> out;
  check_openssl(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), context_) == 1);
  check_openssl(EVP_DigestFinal_ex(copy.get(), out.data(), nullptr) == 1);
  return out;
}
template class Hash<32>;
template class Hash<48>;

base::Block<32> hmac_sha256(base::View key, base::View data) { return hmac<32>(key, data); }
base::Block<48> hmac_sha384(base::View key, base::View data) { return hmac<48>(key, data); }

base::Bytes hkdf_expand_sha256(base::View prk, base::View info, std::size_t length) {
  return hkdf_expand<32>(prk, info, length);
}
base::Bytes hkdf_expand_sha384(base::View prk, base::View info, std::size_t length) {
  return hkdf_expand<48>(prk, info, length);
}
base::Bytes hkdf_sha256(base::View ikm, base::View salt, base::View info, std::size_t length) {
  return hkdf_expand<32>(hmac<32>(salt, ikm), info, length);
}
base::Bytes hkdf_sha384(base::View ikm, base::View salt, base::View info, std::size_t length) {
  return hkdf_expand<48>(hmac<48>(salt, ikm), info, length);
}

base::Bytes sp800_108_sha256(base::View key, std::string_view label, base::View context, std::size_t length) {
  base::Bytes out;
  for (std::uint32_t i = 1; out.size() < length; ++i) {
    base::Bytes input;
    base::append_le<std::uint32_t>(input, i);
    base::append(input, base::view_of(label));
    input.push_back(0);
    base::append(input, context);
    base::append_le<std::uint32_t>(input, static_cast<std::uint32_t>(length * 8));
    base::append(out, hmac<32>(key, input));
  }
  out.resize(length);
  return out;
}

}  // namespace crypto
