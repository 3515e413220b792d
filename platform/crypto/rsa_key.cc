#include "platform/crypto/rsa_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/memo.h"

namespace crypto {
namespace {

constexpr int kSaltSize = 48;

Pkey read_private_key(std::string_view pem, OSSL_LIB_CTX* library) {
  Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  check_openssl(source != nullptr);
  Pkey key(PEM_read_bio_PrivateKey_ex(source.get(), nullptr, nullptr, nullptr, library, nullptr));
  base::check(key != nullptr && EVP_PKEY_is_a(key.get(), "RSA"), "the PEM text holds an RSA private key");
  return key;
}

// Takes a context that is initialised for signing or verifying.
void choose_pss(EVP_PKEY_CTX* context) {
  check_openssl(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1);
  check_openssl(EVP_PKEY_CTX_set_signature_md(context, sha384_algorithm()) == 1);
  check_openssl(EVP_PKEY_CTX_set_rsa_mgf1_md(context, sha384_algorithm()) == 1);
  check_openssl(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, kSaltSize) == 1);
}

bool verify_now(base::View public_key, base::View digest, base::View signature) {
  const unsigned char* at = public_key.data();
  Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key.size())));
  bool good = key != nullptr && at == public_key.data() + public_key.size() && EVP_PKEY_is_a(key.get(), "RSA");
  if (good) {
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    check_openssl(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
    choose_pss(context.get());
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

base::Bytes RsaKey::sign_pss_sha384(Library& library, const Operation& operation, base::View message) const {
  const base::Block<48> digest = sha384(message);
  // The public key stands for the private one: there is one of each.
  MemoKey memo_key = MemoKey("rsa-pss-sign").add(library.operation_key(operation)).add(public_key_).add(digest);
  return memo(memo_key, [&] {
    library.rekey(operation);
    Pkey key = read_private_key(pem_, library.context());
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library.context(), key.get(), nullptr));
    check_openssl(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
    choose_pss(context.get());
    base::Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
    std::size_t size = out.size();
    check_openssl(EVP_PKEY_sign(context.get(), out.data(), &size, digest.data(), digest.size()) == 1);
    out.resize(size);
    return out;
  });
}

bool rsa_pss_sha384_verify(base::View public_key, base::View message, base::View signature) {
  const base::Block<48> digest = sha384(message);
  MemoKey key = MemoKey("rsa-pss-verify").add(public_key).add(digest).add(signature);
  return memo(key, [&] { return base::Bytes{verify_now(public_key, digest, signature)}; }).front() != 0;
}

}  // namespace crypto
