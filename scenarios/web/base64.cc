#include "scenarios/web/base64.h"

#include <openssl/evp.h>

namespace web {

// OpenSSL ends what it writes with a zero, which is no part of it.
std::string to_base64(base::View bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()))));
  return out;
}

}  // namespace web
