#include "scenarios/web/base64.h"

#include <gtest/gtest.h>

namespace web {
namespace {

TEST(Base64, IsThatOfItsTestVectors) {  // RFC 4648, 10
  for (const auto& [plain, coded] : {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="), std::pair("foo", "Zm9v"),
                                     std::pair("foob", "Zm9vYg=="), std::pair("fooba", "Zm9vYmE="), std::pair("foobar", "Zm9vYmFy")})
    EXPECT_EQ(to_base64(base::view_of(std::string_view(plain))), coded);
  EXPECT_EQ(to_base64(base::Bytes{0xfb, 0xff}), "+/8=");
}

TEST(Base64, OfMuchIsOneLine) {
  const auto text = to_base64(base::Bytes(100'000, 0));
  EXPECT_EQ(text.size(), 133'336u);
  EXPECT_EQ(text.find_first_not_of('A'), 133'334u);
}

}  // namespace
}  // namespace web
