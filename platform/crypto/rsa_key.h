#pragma once
// RSA signatures as the AMD endorsement chain has them: RSASSA-PSS, SHA-384, MGF1 with SHA-384, 48 bytes of salt.
// Keys are test data read from PEM, since making one costs seconds. Signatures are memoised across the process
// (memo.h).
#include <string>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/library.h"

namespace crypto {

class RsaKey {
 public:
  // `pem` is ours, never a stranger's: anything but an RSA private key is a Bug.
  static RsaKey from_pem(std::string_view pem);

  // SubjectPublicKeyInfo, DER.
  const base::Bytes& public_key() const { return public_key_; }
  base::Bytes sign_pss_sha384(Library& library, const Operation& operation, base::View message) const;

 private:
  RsaKey(std::string pem, base::Bytes public_key);
  std::string pem_;
  base::Bytes public_key_;
};

// `public_key` is a SubjectPublicKeyInfo. False when it is no RSA key or the signature does not fit.
bool rsa_pss_sha384_verify(base::View public_key, base::View message, base::View signature);

}  // namespace crypto
