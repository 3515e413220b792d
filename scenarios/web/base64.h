#pragma once
// base64 with padding (RFC 4648, 4), as atob() of a page and a Content-Security-Policy read it.
#include <string>

#include "platform/base/bytes.h"

namespace web {

std::string to_base64(base::View bytes);

}  // namespace web
