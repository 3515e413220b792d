#include "guest/relying_party/messages.h"

#include <gtest/gtest.h>

#include "guest/relying_party/test_evidence.h"
#include "platform/wire/fuzz.h"

namespace relying_party {
namespace {

Evidence evidence() {
  Evidence m;
  m.nonce.fill(1);
  m.channel_key.fill(2);
  m.report = base::Bytes(5, 3);
  m.certificates = base::Bytes(7, 4);
  m.report_size = 5;
  m.certificates_size = 7;
  return m;
}

Secret secret() {
  Secret m;
  m.sealed = base::Bytes(20, 5);
  m.sealed_size = 20;
  return m;
}

Refused refused() {
  Refused m;
  m.defence = base::bytes_of("rp.vmpl");
  m.defence_size = 7;
  return m;
}

// Round trip, every truncation, a tail, and bytes set at random.
template <class M>
void expect_strict(const M& message, std::size_t size) {
  auto raw = wire::encode(message);
  ASSERT_EQ(raw.size(), size);
  auto back = wire::decode<M>(raw);
  ASSERT_TRUE(back);
  EXPECT_EQ(wire::encode(*back), raw);
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<M>(base::View(raw).first(n))) << n;
  auto tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(wire::decode<M>(tailed));
  auto random = test::random_from("messages");
  for (int i = 0; i < 500; ++i) {
    auto garbled = raw;
    auto dice = random(2);
    garbled[dice[0] % garbled.size()] = dice[1];
    EXPECT_NO_THROW(wire::fuzz_one<M>(garbled.data(), garbled.size()));
  }
}

TEST(Messages, AreReadStrictly) {
  expect_strict(Hello{}, 4);
  expect_strict(Challenge{}, 36);
  expect_strict(evidence(), 4 + 4 + 32 + 96 + 8 + 5 + 7);
  expect_strict(secret(), 4 + 32 + 96 + 4 + 20);
  expect_strict(refused(), 4 + 32 + 4 + 7);
}

TEST(Messages, StartWithTheirType) {
  EXPECT_EQ(type_of(wire::encode(Hello{})), MessageType::kHello);
  EXPECT_EQ(type_of(wire::encode(Challenge{})), MessageType::kChallenge);
  EXPECT_EQ(type_of(wire::encode(evidence())), MessageType::kEvidence);
  EXPECT_EQ(type_of(wire::encode(secret())), MessageType::kSecret);
  EXPECT_EQ(type_of(wire::encode(refused())), MessageType::kRefused);
  EXPECT_EQ(type_of({}), std::nullopt);
}

TEST(Messages, CanBeAlteredByName) {
  auto all = schemas();
  ASSERT_EQ(all.size(), 5u);
  auto raw = wire::encode(evidence());
  auto field = all[2].find(raw, "channel_key");
  ASSERT_TRUE(field);
  EXPECT_TRUE(wire::set_bytes(raw, *field, base::Bytes(96, 9)));
  EXPECT_EQ(wire::decode<Evidence>(raw)->channel_key[95], 9);
}

TEST(Messages, ALyingCountIsRefusedWithoutTakingMemoryForIt) {
  auto m = evidence();
  m.certificates_size = 0xffffffff;
  EXPECT_FALSE(wire::decode<Evidence>(wire::encode(m)));
}

}  // namespace
}  // namespace relying_party
