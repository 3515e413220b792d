#pragma once
// Text as a terminal may be shown it. What a file, a guest or a host said may hold anything; here it becomes letters that stand where
// they are put: no control character, nothing that has no width, nothing that turns the direction of writing.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watch {

enum class Style { kPlain, kDim, kBold, kHere, kBad, kGood, kNotice };

struct Span {
  std::string text;  // as `safe` gives it
  Style style = Style::kPlain;
};
using Line = std::vector<Span>;

// Control characters, bytes that are no UTF-8 and letters without a width, written out: "\n", "\x1b", "\u{202e}".
std::string safe(std::string_view text);
// Columns that text takes which `safe` has made.
std::size_t width_of(std::string_view text);
std::size_t width_of(const Line& line);
// Cut, with a mark where it was, or filled with blanks, to exactly that many columns.
Line fitted(const Line& line, std::size_t width);
std::string fitted(std::string_view text, std::size_t width);
// Of plain text into lines that are no wider, at blanks where there are any.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace watch
