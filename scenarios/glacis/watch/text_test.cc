#include "scenarios/glacis/watch/text.h"

#include <gtest/gtest.h>

namespace watch {
namespace {

TEST(WatchText, WritesOutWhatATerminalWouldObey) {
  EXPECT_EQ(safe("plain, with blanks"), "plain, with blanks");
  EXPECT_EQ(safe("a\nb\tc\r"), "a\\nb\\tc\\x0d");
  EXPECT_EQ(safe("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
  EXPECT_EQ(safe(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(safe("\xc2\x9b" "31m"), "\\u{9b}31m") << "a control sequence introducer of one letter";
  EXPECT_EQ(safe("\xe2\x80\xae" "evil"), "\\u{202e}evil") << "turns the direction of writing";
  EXPECT_EQ(safe("e\xcc\x81"), "e\\u{301}") << "stands over the letter before";
  EXPECT_EQ(safe("\xef\xbb\xbf\xe2\x80\x8b"), "\\u{feff}\\u{200b}");
}

TEST(WatchText, WritesOutWhatIsNoUtf8) {
  EXPECT_EQ(safe("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(safe("\xc0\xaf"), "\\xc0\\xaf") << "longer than it need be";
  EXPECT_EQ(safe("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair";
  EXPECT_EQ(safe("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "past the last letter";
}

TEST(WatchText, KeepsLettersOfOtherAlphabets) {
  EXPECT_EQ(safe("größer → Ωж"), "größer → Ωж");
  EXPECT_EQ(width_of("größer → Ωж"), 11u);
  EXPECT_EQ(safe("漢字"), "漢字");
  EXPECT_EQ(width_of("漢字"), 4u);
}

TEST(WatchText, FitsTextIntoColumns) {
  EXPECT_EQ(fitted("abc", 5), "abc  ");
  EXPECT_EQ(fitted("abcdef", 5), "abcd~");
  EXPECT_EQ(fitted("漢字漢", 4), "漢~ ") << "no letter is halved";
  EXPECT_EQ(fitted("abc", 0), "");
  for (std::size_t width = 0; width < 12; ++width) {
    const Line line{{"one ", Style::kBold}, {"größer"}, {""}};
    EXPECT_EQ(width_of(fitted(line, width)), width);
  }
  std::string all;
  for (const auto& span : fitted(Line{{"one"}, {"two"}}, 5)) all += span.text;
  EXPECT_EQ(all, "onet~");
  all.clear();
  for (const auto& span : fitted(Line{{"one"}, {"two"}}, 3)) all += span.text;
  EXPECT_EQ(all, "on~") << "that something is missing shows";
}

TEST(WatchText, WrapsAtBlanksAndBreaksWordsThatAreTooWide) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(wrapped("", 3), std::vector<std::string>{""});
}

}  // namespace
}  // namespace watch
