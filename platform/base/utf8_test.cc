#include "platform/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

// RFC 3629, 3: how many bytes a code takes, and what stands in each.
std::string encoded(char32_t code) {
  const auto rest = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), rest(0)};
  if (code < 0x1'0000) return {static_cast<char>(0xE0 | code >> 12), rest(6), rest(0)};
  return {static_cast<char>(0xF0 | code >> 18), rest(12), rest(6), rest(0)};
}

TEST(Utf8, ReadsEveryCodeAndNoSurrogate) {
  for (char32_t code = 0; code <= 0x11'0000; ++code) {
    const auto text = encoded(code);
    const auto read = first_character(text + "x");
    const bool good = code <= 0x10'FFFF && (code < 0xD800 || code > 0xDFFF);
    ASSERT_EQ(read.has_value(), good) << std::hex << static_cast<std::uint32_t>(code);
    if (good) {
      ASSERT_EQ(read->code, code);
      ASSERT_EQ(read->bytes, text.size());
    }
    ASSERT_EQ(is_utf8(text), good);
    for (std::size_t cut = 1; cut < text.size(); ++cut) ASSERT_FALSE(first_character(text.substr(0, cut)));
    for (std::size_t i = 0; i < text.size(); ++i) ASSERT_EQ(continues_character(text[i]), i != 0);
  }
}

// Each first pair of bytes with good ones behind: the pairs of the table in RFC 3629, 4, and no others.
TEST(Utf8, ReadsTheSequencesOfItsGrammarAndNoOthers) {
  for (unsigned first = 0x80; first < 0x100; ++first)
    for (unsigned second = 0; second < 0x100; ++second) {
      std::size_t bytes = 0;
      const bool tail = second >= 0x80 && second <= 0xBF;
      if (first >= 0xC2 && first <= 0xDF && tail) bytes = 2;
      if (first == 0xE0 && second >= 0xA0 && second <= 0xBF) bytes = 3;
      if (((first >= 0xE1 && first <= 0xEC) || first == 0xEE || first == 0xEF) && tail) bytes = 3;
      if (first == 0xED && second >= 0x80 && second <= 0x9F) bytes = 3;
      if (first == 0xF0 && second >= 0x90 && second <= 0xBF) bytes = 4;
      if (first >= 0xF1 && first <= 0xF3 && tail) bytes = 4;
      if (first == 0xF4 && second >= 0x80 && second <= 0x8F) bytes = 4;
      const std::string text{static_cast<char>(first), static_cast<char>(second), '\x80', '\xBF'};
      const auto read = first_character(text);
      ASSERT_EQ(read ? read->bytes : 0, bytes) << std::hex << first << " " << second;
    }
}

TEST(Utf8, OfNothingHasNoCharacter) {
  EXPECT_FALSE(first_character(""));
  EXPECT_TRUE(is_utf8(""));
  EXPECT_EQ(first_character(std::string_view("\0", 1))->bytes, 1u);
  EXPECT_FALSE(is_utf8("good \xC3\xA4, then not: \xC3"));
}

}  // namespace
}  // namespace base
