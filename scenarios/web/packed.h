#pragma once
// JSON that a page carries deflated (RFC 1950) and as base64: ui/src/packed.ts opens it. Films and the like shrink to a tenth.
#include <string>

#include <boost/json/value.hpp>

namespace web {

std::string packed(const boost::json::value& value);

}  // namespace web
