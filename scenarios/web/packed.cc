#include "scenarios/web/packed.h"

#include <boost/json/serialize.hpp>
#include <openssl/evp.h>
#include <zlib.h>

#include "platform/base/check.h"

namespace web {

std::string packed(const boost::json::value& value) {
  const std::string text = boost::json::serialize(value);
  uLongf size = compressBound(text.size());
  std::string deflated(size, '\0');
  const int result = compress2(reinterpret_cast<Bytef*>(deflated.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(),
                               Z_DEFAULT_COMPRESSION);
  base::check(result == Z_OK, "there is room for whatever zlib makes of a text");
  std::string out((size + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(deflated.data()), static_cast<int>(size))));
  return out;
}

}  // namespace web
