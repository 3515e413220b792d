#pragma once
// A last look at each structure before it is signed, by the name of its schema. Empty in an honest world.
#include <functional>
#include <string_view>

#include "platform/base/bytes.h"

namespace quoting {

using Edit = std::function<void(std::string_view message, base::Bytes& bytes)>;

}  // namespace quoting
