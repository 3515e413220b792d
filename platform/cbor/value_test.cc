#include <gtest/gtest.h>

#include "platform/cbor/cbor.h"

namespace cbor {
namespace {

Value token() {
  return Value::tagged(399, Map{{10, base::Bytes{1, 2}},
                                {44238, "rim"},
                                {"platform", Map{{2399, Array{Map{{2, base::Bytes{7}}, {"2", 8}}, 5}}}},
                                {-75000, true}});
}

TEST(Value, TellsItsKindAndNothingElse) {
  EXPECT_EQ(*Value(7).as_int(), 7);
  EXPECT_EQ(Value(7).as_text(), nullptr);
  EXPECT_EQ(*Value(true).as_bool(), true);
  EXPECT_EQ(Value(true).as_int(), nullptr);
  EXPECT_EQ(*Value("x").as_text(), "x");
  EXPECT_EQ(*Value(base::Block<2>{1, 2}).as_bytes(), (base::Bytes{1, 2}));
  EXPECT_TRUE(Value().is_null());
  EXPECT_EQ(token().tag(), 399u);
  EXPECT_EQ(Value(7).tag(), std::nullopt);
  EXPECT_NE(token().content(399), nullptr);
  EXPECT_EQ(token().content(400), nullptr);
  EXPECT_EQ(Value(7).content(), nullptr);
  EXPECT_THROW(Value(std::uint64_t{1} << 63), base::Bug);
}

TEST(Value, FindsKeysOfTheirOwnKind) {
  const Value map = Map{{1, "one"}, {"1", "text"}};
  EXPECT_EQ(*find(map, 1)->as_text(), "one");
  EXPECT_EQ(*find(map, "1")->as_text(), "text");
  EXPECT_EQ(find(map, 2), nullptr);
  EXPECT_EQ(find(Value(5), 1), nullptr);
}

TEST(Value, EditsAClaimByItsPath) {
  Value root = token();
  EXPECT_TRUE(edit(root, "44238", "altered"));
  EXPECT_TRUE(edit(root, "platform/2399/0/2", base::Bytes{9}));
  EXPECT_TRUE(edit(root, "platform/2399/1", nullptr));
  EXPECT_TRUE(edit(root, "-75000", false));
  EXPECT_EQ(
      print(root),
      "399({10: h'0102', 44238: \"altered\", \"platform\": {2399: [{2: h'09', \"2\": 8}, null]}, -75000: false})");
}

TEST(Value, EditsNothingWhereAPathLeadsNowhere) {
  Value root = token();
  for (const char* path : {"", "/", "11", "10/0", "44238/", "platform/2399/2", "platform/2399/-1", "platform/2399/0x0",
                           "platform//2399", "/platform", "platform/2399/0/3"}) {
    EXPECT_FALSE(edit(root, path, 1)) << path;
    EXPECT_FALSE(erase(root, path)) << path;
  }
  EXPECT_EQ(root, token());
  Value number = 5;
  EXPECT_FALSE(edit(number, "0", 1));
}

TEST(Value, TakesAClaimAway) {
  Value root = token();
  EXPECT_TRUE(erase(root, "platform/2399/0"));
  EXPECT_TRUE(erase(root, "44238"));
  EXPECT_TRUE(erase(root, "10"));
  EXPECT_EQ(print(root), "399({\"platform\": {2399: [5]}, -75000: true})");
}

TEST(Value, PrintsControlCharactersEscaped) { EXPECT_EQ(print("a\n\x01\x7f"), "\"a\\n\\u0001\\u007f\""); }

}  // namespace
}  // namespace cbor
