#pragma once
// UTF-8 by RFC 3629: shortest forms alone, no surrogates, nothing above U+10FFFF.
#include <cstddef>
#include <optional>
#include <string_view>

namespace base {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// What a text begins with; nothing where that is no well-formed character, and of an empty text.
std::optional<Character> first_character(std::string_view text);

// Whether a byte is one behind the first of its character, so that a text must not be cut before it.
constexpr bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

bool is_utf8(std::string_view text);

}  // namespace base
