#include "platform/crypto/sha1.h"

#include <openssl/evp.h>

#include "platform/base/check.h"

namespace crypto {

base::Block<20> sha1(base::View data) {
  base::Block<20> out;
  base::check(EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_sha1(), nullptr) == 1, "OpenSSL has SHA-1");
  return out;
}

}  // namespace crypto
