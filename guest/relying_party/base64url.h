#pragma once
// base64url without padding (RFC 4648, 5), as JOSE has it.
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/bytes.h"

namespace relying_party {

std::string to_base64url(base::View bytes);
// Strict: no other letters, no padding, no length that cannot be, and the bits that stand for nothing are zero.
std::optional<base::Bytes> from_base64url(std::string_view text);

}  // namespace relying_party
