#include "platform/crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

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

// A context of HMAC whose digest is chosen, to be given a key at each use. OpenSSL's one-shot call looks the algorithms
// up each time, which costs more than hashing a block. Nothing survives in it from one use to the next.
EVP_MAC_CTX* hmac_context(Digest digest) {
  using Context = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
  const auto make = [](const char* name) {
    static EVP_MAC* const kHmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    Context context(EVP_MAC_CTX_new(kHmac));
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(name), 0),
                               OSSL_PARAM_construct_end()};
    check_openssl(context != nullptr && EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
    return context;
  };
  thread_local const Context kContexts[] = {make("SHA2-256"), make("SHA2-384"), make("SHA2-512")};
  return kContexts[digest == Digest::kSha256 ? 0 : digest == Digest::kSha384 ? 1 : 2].get();
}

}  // namespace

base::Bytes hash(Digest digest, base::View data) {
  base::Bytes out(size_of(digest));
  digest_of(algorithm_of(digest), {data}, out.data());
  return out;
}

base::Bytes hmac(Digest digest, base::View key, base::View data) {
  static constexpr std::uint8_t kNothing = 0;  // HMAC takes a null key for "the previous one"
  base::Bytes out(size_of(digest));
  EVP_MAC_CTX* context = hmac_context(digest);
  std::size_t size = 0;
  check_openssl(EVP_MAC_init(context, key.empty() ? &kNothing : key.data(), key.size(), nullptr) == 1 &&
                EVP_MAC_update(context, data.data(), data.size()) == 1 &&
                EVP_MAC_final(context, out.data(), &size, out.size()) == 1 && size == out.size());
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
