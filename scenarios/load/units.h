#pragma once
// Quantities as a person writes them. Sizes are in bytes (B, KiB, MiB, GiB, TiB), times in picoseconds (ps, ns, us, ms,
// s, min, h, d); a bare number is refused where a unit is needed, and a unit where a count is.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace load {

// A number, or the sentence that says what was wrong with the text.
struct Quantity {
  std::optional<std::uint64_t> value;
  std::string error;
};

Quantity parse_size(std::string_view text);   // "4KiB"
Quantity parse_time(std::string_view text);   // "10us"
Quantity parse_count(std::string_view text);  // "12", "0x1f"

}  // namespace load
