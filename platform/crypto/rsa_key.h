#pragma once
// RSA signatures: RSASSA-PSS with MGF1 over the same hash and salt of the hash's size, and RSASSA-PKCS1-v1_5. The AMD
// endorsement chain has the first with SHA-384.
// Keys are test data read from PEM, since making one costs seconds. Signatures are memoised across the process
// (memo.h).
#include <string>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/digest.h"
#include "platform/crypto/library.h"

namespace crypto {

enum class RsaScheme : std::uint8_t { kPss, kPkcs1 };

class RsaKey {
 public:
  // `pem` is ours, never a stranger's: anything but an RSA private key is a Bug.
  static RsaKey from_pem(std::string_view pem);

  // SubjectPublicKeyInfo, DER.
  const base::Bytes& public_key() const { return public_key_; }
  base::Bytes sign(Library& library, const Operation& operation, RsaScheme scheme, Digest digest,
                   base::View message) const;
  base::Bytes sign_pss_sha384(Library& library, const Operation& operation, base::View message) const;

 private:
  RsaKey(std::string pem, base::Bytes public_key);
  std::string pem_;
  base::Bytes public_key_;
};

// `public_key` is a SubjectPublicKeyInfo. False when it is no RSA key or the signature does not fit.
bool rsa_verify(base::View public_key, RsaScheme scheme, Digest digest, base::View message, base::View signature);
bool rsa_pss_sha384_verify(base::View public_key, base::View message, base::View signature);

// Bytes of the modulus, and so of a signature. 0 when it is no RSA key.
std::size_t rsa_modulus_size(base::View public_key);

}  // namespace crypto
