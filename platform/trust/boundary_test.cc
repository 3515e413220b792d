#include "platform/trust/boundary.h"

#include <gtest/gtest.h>

namespace trust {
namespace {

struct Redirect final : Tap {
  explicit Redirect(const Boundary& other) : to(other) {}
  bool cross(const Boundary&, Message& message) override {
    message.to = &to;
    return true;
  }
  const Boundary& to;
};
struct Wall final : Tap {
  bool cross(const Boundary&, Message&) override { return false; }
};

Boundary::Party echo(std::uint8_t mark) {
  return [mark](const Message& m) -> std::optional<Message> {
    if (m.bytes.empty()) return std::nullopt;
    base::Bytes bytes = m.bytes;
    bytes.push_back(mark);
    return Message{.object = m.object, .bytes = bytes, .reply = true};
  };
}

TEST(Boundary, WhatIsDeliveredPassesNoTapAndIsAnswered) {
  Boundary here("vm0.requests");
  Wall wall;
  here.attach(wall);
  here.leads_to(echo(9));
  EXPECT_FALSE(here.cross({.object = "A", .bytes = {1}}));
  const auto answer = here.deliver({.object = "A", .bytes = {1}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->bytes, (base::Bytes{1, 9}));
  EXPECT_TRUE(answer->reply);
  EXPECT_FALSE(here.deliver({.object = "A", .bytes = {}})) << "a party may give no answer";
}

TEST(Boundary, ARedirectedMessageReachesTheOtherFarSide) {
  Boundary here("vm0.requests"), there("vm1.requests");
  here.leads_to(echo(1));
  there.leads_to(echo(2));
  Redirect tap(there);
  here.attach(tap);
  const auto arrived = here.cross({.object = "A", .bytes = {7}});
  EXPECT_EQ(here.deliver(*arrived)->bytes, (base::Bytes{7, 2}));
}

TEST(Boundary, KnowsWhetherItDeliversAndWaits) {
  Boundary plain("vm0.registers");
  EXPECT_FALSE(plain.delivers());
  EXPECT_FALSE(plain.can_wait());
  EXPECT_THROW((void)plain.deliver({}), base::Bug);
  EXPECT_THROW(plain.wait(1), base::Bug);
  std::uint64_t passed = 0;
  plain.waits_by([&](std::uint64_t span) { passed += span; });
  plain.wait(5);
  EXPECT_EQ(passed, 5u);
}

}  // namespace
}  // namespace trust
