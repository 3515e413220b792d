#include "platform/crypto/rsa_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/memo.h"

namespace crypto {
namespace {

Pkey read_private_key(std::string_view pem, OSSL_LIB_CTX* library) {
  Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  check_openssl(source != nullptr);
  Pkey key(PEM_read_bio_PrivateKey_ex(source.get(), nullptr, nullptr, nullptr, library, nullptr));
  base::check(key != nullptr && EVP_PKEY_is_a(key.get(), "RSA"), "the PEM text holds an RSA private key");
  return key;
}

const EVP_MD* algorithm_of(Digest digest) {
  switch (digest) {
    case Digest::kSha256: return sha256_algorithm();
    case Digest::kSha384: return sha384_algorithm();
    default: return sha512_algorithm();
  }
}

// Takes a context that is initialised for signing or verifying.
void choose(EVP_PKEY_CTX* context, RsaScheme scheme, Digest digest) {
  const bool pss = scheme == RsaScheme::kPss;
  check_openssl(EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1);
  check_openssl(EVP_PKEY_CTX_set_signature_md(context, algorithm_of(digest)) == 1);
  if (!pss) return;
  check_openssl(EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm_of(digest)) == 1);
  check_openssl(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(size_of(digest))) == 1);
}

// Null when it is no RSA key.
Pkey read_public_key(base::View public_key) {
  const unsigned char* at = public_key.data();
  Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key.size())));
  const bool good = key != nullptr && at == public_key.data() + public_key.size() && EVP_PKEY_is_a(key.get(), "RSA");
  if (!good) ERR_clear_error();
  return good ? std::move(key) : nullptr;
}

bool verify_now(base::View public_key, RsaScheme scheme, Digest kind, base::View digest, base::View signature) {
  Pkey key = read_public_key(public_key);
  bool good = key != nullptr;
  if (good) {
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    check_openssl(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
    choose(context.get(), scheme, kind);
    good = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
  }
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace

RsaKey::RsaKey(std::string pem, base::Bytes public_key) : pem_(std::move(pem)), public_key_(std::move(public_key)) {}

RsaKey RsaKey::from_pem(std::string_view pem) {
  Pkey key = read_private_key(pem, nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  check_openssl(size > 0);
  base::Bytes public_key(der, der + size);
  OPENSSL_free(der);
  return RsaKey(std::string(pem), std::move(public_key));
}

base::Bytes RsaKey::sign(Library& library, const Operation& operation, RsaScheme scheme, Digest kind,
                         base::View message) const {
  const base::Bytes digest = hash(kind, message);
  const base::Bytes how{static_cast<std::uint8_t>(scheme), static_cast<std::uint8_t>(kind)};
  // The public key stands for the private one: there is one of each.
  MemoKey memo_key =
      MemoKey("rsa-sign").add(library.operation_key(operation)).add(public_key_).add(how).add(digest);
  return memo(memo_key, [&] {
    library.rekey(operation);
    Pkey key = read_private_key(pem_, library.context());
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library.context(), key.get(), nullptr));
    check_openssl(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
    choose(context.get(), scheme, kind);
    base::Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
    std::size_t size = out.size();
    check_openssl(EVP_PKEY_sign(context.get(), out.data(), &size, digest.data(), digest.size()) == 1);
    out.resize(size);
    return out;
  });
}

base::Bytes RsaKey::sign_pss_sha384(Library& library, const Operation& operation, base::View message) const {
  return sign(library, operation, RsaScheme::kPss, Digest::kSha384, message);
}

bool rsa_verify(base::View public_key, RsaScheme scheme, Digest kind, base::View message, base::View signature) {
  const base::Bytes digest = hash(kind, message);
  const base::Bytes how{static_cast<std::uint8_t>(scheme), static_cast<std::uint8_t>(kind)};
  MemoKey key = MemoKey("rsa-verify").add(public_key).add(how).add(digest).add(signature);
  return memo(key, [&] { return base::Bytes{verify_now(public_key, scheme, kind, digest, signature)}; }).front() != 0;
}

bool rsa_pss_sha384_verify(base::View public_key, base::View message, base::View signature) {
  return rsa_verify(public_key, RsaScheme::kPss, Digest::kSha384, message, signature);
}

std::size_t rsa_modulus_size(base::View public_key) {
  Pkey key = read_public_key(public_key);
  return key == nullptr ? 0 : static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
}

}  // namespace crypto
