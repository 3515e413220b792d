#include "scenarios/gateway/recording.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"

namespace gateway {
namespace {

const std::vector<Conversation> kSaid = {
    {{5, {1, 2, 0xAB}, base::Bytes{9}}, {6, {3}, std::nullopt}}, {}, {{~0ull, {}, base::Bytes{}}}};

std::string error_of(const std::string& text) {
  try {
    (void)conversations_of(text, "said.txt");
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Recording, ReadsWhatItWrites) {
  const auto text = text_of(kSaid);
  EXPECT_TRUE(text.starts_with("glacis conversation 1\nbegin\nask 5 0102ab\nanswer 09\nask 6 03\nsilence\nbegin\n"));
  EXPECT_EQ(conversations_of(text, "said.txt"), kSaid);
  EXPECT_TRUE(conversations_of(text_of({}), "said.txt").empty());
}

// What was cut off between two exchanges is a shorter recording, and nothing else is one.
TEST(Recording, RefusesEveryTruncationWithinAnExchange) {
  const auto text = text_of(kSaid);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = text.substr(0, size);
    if (error_of(cut) == "no error")
      EXPECT_EQ(text_of(conversations_of(cut, "said.txt")), cut);
    else
      EXPECT_TRUE(error_of(cut).starts_with("said.txt:")) << error_of(cut);
  }
  EXPECT_EQ(error_of("glacis conversation 1\nbegin\nask 5 01\n"), "said.txt:4:1: the file ends here too early");
}

TEST(Recording, SaysWhereWhatIsWrong) {
  const std::string head = "glacis conversation 1\n";
  EXPECT_EQ(error_of("pcap\n"), "said.txt:1:1: the file does not begin with `glacis conversation 1`");
  EXPECT_EQ(error_of(head + "ask 1 00\n"), "said.txt:2:1: expected `begin`");
  EXPECT_EQ(error_of(head + "begin\nask 1\n"), "said.txt:3:1: expected `ask TIME HEX`");
  EXPECT_EQ(error_of(head + "begin\nask -1 00\n"), "said.txt:3:1: expected `ask TIME HEX`");
  EXPECT_EQ(error_of(head + "begin\nask 99999999999999999999 00\n"), "said.txt:3:1: expected `ask TIME HEX`");
  for (const char* hex : {"0", "0G", "0A", "00 "})
    EXPECT_EQ(error_of(head + "begin\nask 1 " + hex + "\nsilence\n"),
              "said.txt:3:1: expected bytes as pairs of hexadecimal digits, in lower case");
  EXPECT_EQ(error_of(head + "begin\nask 1 00\nbegin\n"), "said.txt:4:1: expected `answer HEX` or `silence`");
}

}  // namespace
}  // namespace gateway
