#pragma once
// Where these refusals stand, in a trace's words.
#include <string_view>

namespace relying_party {

inline constexpr std::string_view kPlace = "relying party";

}  // namespace relying_party
