#include "scenarios/glacis/watch/keys.h"

#include <gtest/gtest.h>

namespace watch {
namespace {

std::vector<Key> taken(std::string_view bytes) { return Keys().take(bytes); }

TEST(WatchKeys, KnowsArrowsInEitherMode) {
  using enum KeyName;
  EXPECT_EQ(taken("\x1b[A\x1b[B\x1b[C\x1b[D"), (std::vector<Key>{{kUp}, {kDown}, {kRight}, {kLeft}}));
  EXPECT_EQ(taken("\x1bOA\x1bOF"), (std::vector<Key>{{kUp}, {kEnd}}));
  EXPECT_EQ(taken("\x1b[5~\x1b[6~\x1b[1~\x1b[Z"), (std::vector<Key>{{kPageUp}, {kPageDown}, {kHome}, {kBackTab}}));
}

TEST(WatchKeys, TakesLettersAsTheyAre) {
  EXPECT_EQ(
      taken("j/\r\x7f\t"),
      (std::vector<Key>{{KeyName::kLetter, 'j'}, {KeyName::kLetter, '/'}, {KeyName::kEnter}, {KeyName::kBackspace}, {KeyName::kTab}}));
  EXPECT_EQ(taken("\x01\xff"), std::vector<Key>{});
}

TEST(WatchKeys, WaitsForTheRestOfASequence) {
  Keys keys;
  EXPECT_TRUE(keys.take("\x1b").empty());
  EXPECT_TRUE(keys.waits());
  EXPECT_TRUE(keys.take("[").empty());
  EXPECT_EQ(keys.take("B"), (std::vector<Key>{{KeyName::kDown}}));
  EXPECT_FALSE(keys.waits());
}

TEST(WatchKeys, SwallowsSequencesThatMeanNothing) {
  EXPECT_EQ(taken("\x1b[<0;10;10Mq"), (std::vector<Key>{{KeyName::kLetter, 'q'}}));
  EXPECT_EQ(taken("\x1bxq"), (std::vector<Key>{{KeyName::kLetter, 'q'}}));
  const auto keys = taken("\x1b[" + std::string(200, '1') + "q");
  EXPECT_LE(keys.size(), 200u) << "it ends";
}

TEST(WatchKeys, AnEscapeThatNothingFollowsIsOne) {
  Keys keys;
  EXPECT_TRUE(keys.take("\x1b").empty());
  EXPECT_EQ(keys.settle(), (std::vector<Key>{{KeyName::kEscape}}));
  EXPECT_TRUE(keys.settle().empty());
}

}  // namespace
}  // namespace watch
