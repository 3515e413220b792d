#pragma once
// OpenSSL's algorithms for pure functions: fetched once per process from the default context, immutable from then on.
// A fetch costs more than hashing a block.
#include <openssl/evp.h>

#include <initializer_list>
#include <memory>

#include "platform/base/bytes.h"
#include "platform/base/check.h"

namespace crypto {

const EVP_MD* sha256_algorithm();
const EVP_MD* sha384_algorithm();
const EVP_MD* sha512_algorithm();
// Of parts behind one another, by one of those three, in a context that this thread keeps: OpenSSL's one-shot call makes one each time,
// which costs as much as hashing two blocks. Nothing survives in it from one use to the next. `out` has room for the digest.
void digest_of(const EVP_MD* algorithm, std::initializer_list<base::View> parts, std::uint8_t* out);
const EVP_CIPHER* aes128_gcm_algorithm();
const EVP_CIPHER* aes256_gcm_algorithm();
const EVP_CIPHER* chacha20_poly1305_algorithm();
const EVP_CIPHER* aes128_ctr_algorithm();
const EVP_CIPHER* aes256_xts_algorithm();

// Owns what one of OpenSSL's free functions frees.
template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    kFree(what);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freed<kFree>>;

using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

// OpenSSL refused something of ours, for instance for want of memory.
inline void check_openssl(bool holds) { base::check(holds, "OpenSSL did what it was asked to"); }

}  // namespace crypto
