#include "platform/requester/doe.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/requester/rows.h"

namespace requester {
namespace {

base::Bytes answer(std::uint16_t vendor, std::uint8_t type, std::uint8_t next) {
  return wire::encode(doe::object_of(doe::ObjectType::kDiscovery,
                                     wire::encode(doe::DiscoveryResponse{vendor, doe::ObjectType{type}, next})));
}

TEST(DoeDiscovery, WalksUntilTheNextIndexIsZero) {
  trust::Defences defences;
  DoeDiscovery walk(defences, "x");
  EXPECT_EQ(base::to_hex(*walk.next()), "010000000300000000000000");
  EXPECT_EQ(*walk.receive(answer(1, 0, 1)), Progress::kGoOn);
  EXPECT_EQ(base::to_hex(*walk.next()), "010000000300000001000000");
  EXPECT_EQ(*walk.receive(answer(1, 1, 2)), Progress::kGoOn);
  EXPECT_EQ(*walk.receive(answer(1, 2, 0)), Progress::kDone);
  EXPECT_FALSE(walk.next());
  EXPECT_EQ(walk.served().size(), 3u);
  EXPECT_TRUE(walk.serves(doe::ObjectType::kSecuredSpdm));
  EXPECT_FALSE(walk.serves(doe::ObjectType::kSpdmWithConnectionId));
}

TEST(DoeDiscovery, RefusesEachWrongAnswerByItsRule) {
  struct Wrong {
    const char* rule;
    std::vector<base::Bytes> answers;
  };
  const base::Bytes kFirst = answer(1, 0, 1);
  std::vector<base::Bytes> endless{kFirst};
  for (std::uint8_t i = 1; i < 6; ++i) endless.push_back(answer(0x1234, i, static_cast<std::uint8_t>(i + 1)));
  base::Bytes longer = wire::encode(doe::object_of(doe::ObjectType::kDiscovery, base::Bytes(8)));
  const Wrong kWrongs[] = {
      {"doe.discovery.form", {base::Bytes{}}},
      {"doe.discovery.form", {longer}},
      {"doe.discovery.form", {wire::encode(doe::object_of(doe::ObjectType::kSpdm, base::Bytes{1, 0, 0, 0}))}},
      {"doe.discovery.first", {answer(1, 1, 1)}},
      {"doe.discovery.cycle", {kFirst, answer(1, 1, 1), answer(1, 1, 1)}},
      {"doe.discovery.bound", endless},
      {"doe.discovery.expected", {answer(1, 0, 0), kFirst}},
  };
  std::set<std::string_view> refused;
  for (const Wrong& wrong : kWrongs) {
    trust::Defences defences;
    DoeDiscovery walk(defences, "x");
    for (std::size_t i = 0; i + 1 < wrong.answers.size(); ++i)
      ASSERT_TRUE(walk.receive(wrong.answers[i])) << wrong.rule;
    const auto last = walk.receive(wrong.answers.back());
    ASSERT_FALSE(last) << wrong.rule;
    EXPECT_EQ(last.refusal().by->id, wrong.rule);
    EXPECT_FALSE(walk.next());
    refused.insert(wrong.rule);
  }
  for (const trust::Defence* row : rows()) EXPECT_EQ(refused.contains(row->id), row->id.starts_with("doe.")) << row->id;
}

TEST(DoeObjects, CarryMessagesBothWays) {
  for (bool secured : {false, true}) {
    const base::Bytes object = doe_wrap({.bytes = {1, 2, 3, 4, 5}, .secured = secured});
    EXPECT_EQ(object.size(), 16u);
    EXPECT_EQ(object[2], secured ? 2 : 1);
    const auto back = doe_unwrap(object);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->secured, secured);
    EXPECT_EQ(back->bytes, (base::Bytes{1, 2, 3, 4, 5, 0, 0, 0}));
    for (std::size_t size = 0; size < object.size(); ++size) EXPECT_FALSE(doe_unwrap(base::View(object).first(size)));
  }
  EXPECT_FALSE(doe_unwrap(answer(1, 0, 0)));
  EXPECT_FALSE(doe_unwrap(wire::encode(doe::object_of(doe::ObjectType::kSpdm, base::Bytes{1}, 0x1234))));
}

}  // namespace
}  // namespace requester
