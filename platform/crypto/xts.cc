#include "platform/crypto/xts.h"

#include <openssl/evp.h>

#include "platform/base/check.h"
#include "platform/crypto/algorithms.h"

namespace crypto {

namespace {

constexpr std::size_t kBlock = 16;

base::Bytes run(const XtsKey& key, std::uint64_t unit, base::View data, bool encrypts) {
  base::check(data.size() >= kBlock && data.size() <= 1u << 20, "XTS works on a unit of 16 bytes or more");
  base::Block<kBlock> tweak{};
  base::store_le(tweak, 0, unit);
  CipherContext context(EVP_CIPHER_CTX_new());
  check_openssl(context != nullptr);
  check_openssl(EVP_CipherInit_ex2(context.get(), aes256_xts_algorithm(), key.data(), tweak.data(), encrypts, nullptr) == 1);
  base::Bytes out(data.size());
  int written = 0;
  check_openssl(EVP_CipherUpdate(context.get(), out.data(), &written, data.data(), static_cast<int>(data.size())) == 1);
  check_openssl(static_cast<std::size_t>(written) == data.size());
  return out;
}

}  // namespace

base::Bytes aes256_xts_encrypt(const XtsKey& key, std::uint64_t unit, base::View data) { return run(key, unit, data, true); }
base::Bytes aes256_xts_decrypt(const XtsKey& key, std::uint64_t unit, base::View data) { return run(key, unit, data, false); }

}  // namespace crypto
