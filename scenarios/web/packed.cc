#include "scenarios/web/packed.h"

#include <boost/json/serialize.hpp>
#include <zlib.h>

#include "platform/base/check.h"
#include "scenarios/web/base64.h"

namespace web {

std::string packed(const boost::json::value& value) {
  const std::string text = boost::json::serialize(value);
  uLongf size = compressBound(text.size());
  std::string deflated(size, '\0');
  const int result = compress2(reinterpret_cast<Bytef*>(deflated.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(),
                               Z_DEFAULT_COMPRESSION);
  base::check(result == Z_OK, "there is room for whatever zlib makes of a text");
  return to_base64(base::view_of(deflated).first(size));
}

}  // namespace web
