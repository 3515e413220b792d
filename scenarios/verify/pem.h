#pragma once
// Public keys and certificates as files have them: DER, or PEM (RFC 7468).
#include <optional>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace verify {

// What stands between BEGIN and END of that label, each block once, in their order. Empty when there is none or any is malformed.
std::optional<std::vector<base::Bytes>> from_pem(std::string_view text, std::string_view label);

}  // namespace verify
