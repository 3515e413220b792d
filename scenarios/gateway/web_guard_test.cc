#include "scenarios/gateway/web_guard.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/web_message.h"

namespace gateway {
namespace {

constexpr std::uint16_t kPort = 8123;
const std::string kToken(32, 'a');

WebHead head(std::string_view target) { return {.method = "GET", .target = target, .hosts = {"127.0.0.1:8123"}, .origins = {}, .upgrade = false}; }
int status(const WebHead& head) { return judge(head, kPort, kToken).status; }

TEST(WebGuard, LetsInWhoShowsTheTokenAtEitherOfItsNames) {
  const std::string target = "/live.js?token=" + kToken;
  EXPECT_EQ(judge(head(target), kPort, kToken).path, "/live.js");
  auto other = head(target);
  other.hosts = {"localhost:8123"};
  EXPECT_EQ(status(other), 200);
}

TEST(WebGuard, RefusesEveryTokenButItsOwn) {
  for (const std::string& query : std::vector<std::string>{"", "?", "?token", "?token=", "?Token=" + kToken, "?token=" + kToken.substr(1), "?token=" + kToken + "a", "?token=" + std::string(32, 'b'),
                                  "?x=1&token=" + kToken, "?token=" + kToken + "&x=1", "#token=" + kToken}) {
    const std::string target = "/" + query;
    EXPECT_EQ(status(head(target)), 403) << query;
  }
}

TEST(WebGuard, RefusesAHostThatIsNotItself) {
  const std::string target = "/?token=" + kToken;
  auto one = head(target);
  for (const std::string_view host : {"evil.example:8123", "127.0.0.1", "127.0.0.1:81234", "127.0.0.1:80", "localhost", "127.0.0.1:8123.evil.example", "", "[::1]:8123", "LOCALHOST:8123 "}) {
    one.hosts = {host};
    EXPECT_EQ(status(one), 403) << host;
  }
  one.hosts = {};
  EXPECT_EQ(status(one), 403);
  one.hosts = {"127.0.0.1:8123", "127.0.0.1:8123"};
  EXPECT_EQ(status(one), 403);
}

TEST(WebGuard, AWebSocketComesFromTheVeryPageThatItIsFor) {
  const std::string target = "/live?token=" + kToken;
  auto one = head(target);
  one.upgrade = true;
  EXPECT_EQ(status(one), 403);  // no origin: no page
  for (const std::string_view origin : {"http://evil.example", "https://127.0.0.1:8123", "http://127.0.0.1:8124", "http://localhost:8123", "null", "", "http://127.0.0.1:8123/"}) {
    one.origins = {origin};
    EXPECT_EQ(status(one), 403) << origin;
    one.upgrade = false;  // a page's fetch says where it comes from too
    EXPECT_EQ(status(one), 403) << origin;
    one.upgrade = true;
  }
  one.origins = {"http://127.0.0.1:8123"};
  EXPECT_EQ(status(one), 200);
  one.origins = {"http://127.0.0.1:8123", "http://127.0.0.1:8123"};
  EXPECT_EQ(status(one), 403);
}

TEST(WebGuard, ServesPathsAndNothingThatChanges) {
  const std::string target = "/?token=" + kToken, absolute = "http://127.0.0.1:8123" + target;
  auto one = head(target);
  one.method = "POST";
  EXPECT_EQ(status(one), 405);
  EXPECT_EQ(status(head(absolute)), 400);
}

TEST(WebGuard, TokensAreOf128BitsAndNeverTwiceTheSame) {
  const auto one = new_web_token(), two = new_web_token();
  EXPECT_EQ(one.size(), 32u);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), one.npos);
  EXPECT_NE(one, two);
}

TEST(WebGuard, MakesAnyBytesValidText) {
  EXPECT_EQ(as_utf8("plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82"), "plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82");
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(as_utf8("a\xff" "b"), "a" + mark + "b");
  EXPECT_EQ(as_utf8("\xc3"), mark);                               // cut short
  EXPECT_EQ(as_utf8("\xc0\xaf"), mark + mark);                    // overlong
  EXPECT_EQ(as_utf8("\xed\xa0\x80"), mark + mark + mark);         // a surrogate
  EXPECT_EQ(as_utf8("\xf4\x90\x80\x80"), mark + mark + mark + mark);  // beyond the last character
  EXPECT_EQ(as_utf8(std::string("\0x", 2)), std::string("\0x", 2));
}

TEST(WebMessage, HoldsTextsListsAndMaps) {
  const auto message = parse_web_message(R"({"id":7,"ask":"run","name":"a","lift":["b","c"],"files":{"d":"e\u00e4"}})");
  EXPECT_EQ(message.id, 7u);
  EXPECT_EQ(message.ask, "run");
  EXPECT_EQ(message.text("name"), "a");
  EXPECT_EQ(message.list("lift"), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(message.map("files").at("d"), "e\xc3\xa4");
  EXPECT_TRUE(message.text("lift").empty() && message.list("name").empty() && message.map("none").empty());
}

TEST(WebMessage, RefusesEverythingElse) {
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"id":1})", R"({"ask":"x"})", R"({"id":-1,"ask":"x"})", R"({"id":1.5,"ask":"x"})", R"({"id":9007199254740992,"ask":"x"})",
                           R"({"id":"1","ask":"x"})", R"({"id":1,"ask":7})", R"({"id":1,"ask":"x","a":1})", R"({"id":1,"ask":"x","a":[1]})", R"({"id":1,"ask":"x","a":{"b":[]}})",
                           R"({"id":1,"ask":"x","a":null})", "{\"id\":1,\"ask\":\"\xff\"}", R"({"id":1,"ask":"x"} )" "x"})
    EXPECT_THROW(parse_web_message(text), base::UserError) << text;
  EXPECT_THROW(parse_web_message(std::string(100'000, '[')), base::UserError);
}

}  // namespace
}  // namespace gateway
