#include "scenarios/glacis/watch/text.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "platform/base/utf8.h"

namespace watch {

namespace {

struct Range {
  char32_t first, last;
};
// Alphabets of one column a letter, and signs that we draw with; those of two. Whatever is in neither is written out.
constexpr Range kOneColumn[] = {{0x20, 0x7E},     {0xA0, 0xAC},     {0xAE, 0x2FF},    {0x370, 0x482},
                                {0x48A, 0x52F},   {0x2010, 0x2027}, {0x2030, 0x205E}, {0x20A0, 0x20BF},
                                {0x2100, 0x218B}, {0x2190, 0x2319}, {0x2500, 0x25FC}, {0x2610, 0x2613}};
constexpr Range kTwoColumns[] = {{0x3001, 0x303E}, {0x3041, 0x3096}, {0x30A0, 0x30FF}, {0x3400, 0x4DBF},
                                 {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xFF01, 0xFF60}};

std::size_t columns_of(char32_t code) {
  if (code < 0x80) return code >= 0x20 && code != 0x7F ? 1 : 0;
  const auto in = [code](const Range& range) { return code >= range.first && code <= range.last; };
  return std::ranges::any_of(kOneColumn, in) ? 1 : std::ranges::any_of(kTwoColumns, in) ? 2 : 0;
}

constexpr std::string_view kCut = "~";

}  // namespace

std::string safe(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto letter = base::first_character(text.substr(at));
    const auto bytes = letter ? letter->bytes : 1;
    if (letter && columns_of(letter->code) != 0) out += text.substr(at, bytes);
    else if (!letter) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    else if (letter->code == '\n') out += "\\n";
    else if (letter->code == '\t') out += "\\t";
    else if (letter->code < 0x80) out += fmt::format("\\x{:02x}", static_cast<unsigned>(letter->code));
    else out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(letter->code));
    at += bytes;
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto letter = base::first_character(text.substr(at));
    out += letter ? columns_of(letter->code) : 0;
    at += letter ? letter->bytes : 1;
  }
  return out;
}

std::size_t width_of(const Line& line) {
  std::size_t out = 0;
  for (const auto& span : line) out += width_of(span.text);
  return out;
}

std::string fitted(std::string_view text, std::size_t width) {
  const auto whole = width_of(text);
  if (whole <= width) return std::string(text) + std::string(width - whole, ' ');
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size() && width != 0;) {
    const auto letter = base::first_character(text.substr(at));
    const std::size_t bytes = letter ? letter->bytes : 1, columns = letter ? columns_of(letter->code) : 0;
    if (used + columns > width - 1) break;
    out += text.substr(at, bytes), used += columns, at += bytes;
  }
  if (width != 0) out += kCut, ++used;
  return out + std::string(width - used, ' ');
}

Line fitted(const Line& line, std::size_t width) {
  Line out;
  std::size_t left = width;
  const bool cut = width_of(line) > width;
  for (const auto& span : line) {
    const auto wide = width_of(span.text);
    if (wide < left || (wide == left && !cut)) {
      out.push_back(span), left -= wide;
      continue;
    }
    if (left != 0) out.push_back({fitted(span.text + " ", left), span.style});  // the blank makes it too wide, so that the cut shows
    return out;
  }
  if (left != 0) out.push_back({std::string(left, ' '), Style::kPlain});
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> out;
  width = std::max<std::size_t>(width, 1);
  std::string line;
  std::size_t used = 0;
  const auto end = [&] { out.push_back(std::move(line)), line.clear(), used = 0; };
  for (std::size_t at = 0; at < text.size();) {
    const auto blank = std::min(text.find(' ', at), text.size());
    auto word = text.substr(at, blank - at);
    at = blank + 1;
    const auto wide = width_of(word);
    if (used != 0 && used + 1 + wide > width) end();
    if (used != 0) line += ' ', ++used;
    for (; !word.empty();) {  // one that is wider than a line is broken
      const auto letter = base::first_character(word);
      const auto bytes = letter ? letter->bytes : 1;
      const auto columns = letter ? columns_of(letter->code) : 0;
      if (used + columns > width) end();
      line += word.substr(0, bytes), used += columns, word.remove_prefix(bytes);
    }
  }
  if (!line.empty() || out.empty()) end();
  return out;
}

}  // namespace watch
