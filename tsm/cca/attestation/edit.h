#pragma once
// A last look at each claim set before it is signed, as encoded and by the name of its schema. Empty in an honest world.
#include <functional>
#include <string_view>

#include "platform/base/bytes.h"

namespace attestation {

using Edit = std::function<void(std::string_view message, base::Bytes& claims)>;

}  // namespace attestation
