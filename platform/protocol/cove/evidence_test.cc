#include "platform/protocol/cove/evidence.h"

#include <gtest/gtest.h>

#include "platform/protocol/cose/key.h"
#include "platform/protocol/cove/dice.h"

namespace coveproto {
namespace {

crypto::EcKey key(std::uint8_t which) { return crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{which}, "test"); }

SwComponent component(const char* type) { return {type, base::Bytes(48, 1), "4", base::Bytes(48, 2), base::Bytes(48, 3), kHashName}; }

PlatformToken platform() {
  PlatformToken out{.public_key = key(1).public_point(), .components = {component("firmware"), component("driver")}};
  out.components[1].manifest.reset();
  out.manufacturer_id.fill(9);
  return out;
}
TsmToken tsm() { return {.public_key = key(2).public_point(), .driver = component("TSM-driver"), .tsm = component("TSM")}; }
TvmToken tvm() {
  TvmToken out{.public_key = key(3).public_point(), .initial = {{0, base::Bytes(48, 4), kHashName}}};
  out.challenge.fill(7);
  out.identity.emplace();
  out.runtime = {{{6, base::Bytes(48, 5), kHashName}}};
  return out;
}

TEST(Tokens, GoThereAndBack) {
  EXPECT_EQ(platform_token_of(claims_of(platform())), platform());
  EXPECT_EQ(tsm_token_of(claims_of(tsm())), tsm());
  EXPECT_EQ(tvm_token_of(claims_of(tvm())), tvm());
  auto bare = tvm();
  bare.identity.reset(), bare.runtime.reset();
  EXPECT_EQ(tvm_token_of(claims_of(bare)), bare);
}

// A claim of another type or size is none.
TEST(Tokens, WithAClaimOfAnotherFormAreNotRead) {
  const std::pair<std::int64_t, cbor::Value> kPlatform[] = {
      {kProfileLabel, 1},          {kPlatformPublicKeyLabel, "key"}, {kPlatformPublicKeyLabel, base::Bytes(97)}, {kManufacturerIdLabel, base::Bytes(63)},
      {kPlatformStateLabel, 0},    {kPlatformStateLabel, 5},         {kPlatformComponentsLabel, cbor::Array{}},
      {kPlatformComponentsLabel, 1}, {kPlatformPublicKeyLabel, cbor::encode(cose::ec2_key(base::Bytes(64, 1)))}};
  for (const auto& [label, value] : kPlatform) {
    auto claims = claims_of(platform());
    *cbor::find(claims, label) = value;
    EXPECT_FALSE(platform_token_of(claims)) << label << " " << cbor::print(value);
  }
  const std::pair<std::int64_t, cbor::Value> kTvm[] = {
      {kChallengeLabel, base::Bytes(63)}, {kTvmIdentityLabel, base::Bytes(65)}, {kTvmPublicKeyLabel, nullptr}, {kTvmInitialLabel, cbor::Array{}},
      {kTvmInitialLabel, cbor::Array(9, cbor::Map{{1, 0}, {2, base::Bytes(48)}, {3, "sha-384"}})},
      {kTvmRuntimeLabel, cbor::Array(19, cbor::Map{{1, 0}, {2, base::Bytes(48)}, {3, "sha-384"}})},
      {kTvmRuntimeLabel, cbor::Array{cbor::Map{{1, -1}, {2, base::Bytes(48)}, {3, "sha-384"}}}}};
  for (const auto& [label, value] : kTvm) {
    auto claims = claims_of(tvm());
    *cbor::find(claims, label) = value;
    EXPECT_FALSE(tvm_token_of(claims)) << label << " " << cbor::print(value);
  }
  auto three = claims_of(tsm());
  cbor::find(three, kTsmComponentsLabel)->as_array()->push_back(cbor::Map{});
  EXPECT_FALSE(tsm_token_of(three));
}

TEST(Cwt, HasItsTag) {
  const auto payload = cwt_of(claims_of(tsm()));
  EXPECT_EQ(payload[0], 0xD8);
  EXPECT_EQ(payload[1], 61);
  EXPECT_TRUE(claims_of_cwt(payload));
  EXPECT_FALSE(claims_of_cwt(base::View(payload).subspan(2)));
  EXPECT_FALSE(claims_of_cwt(cbor::encode(cbor::Value::tagged(61, 5))));
}

base::Bytes evidence() {
  crypto::Library library(1);
  const auto sign = [&](cbor::Value claims, std::uint8_t by) {
    return cose::sign1(library, {.actor = "test", .purpose = "token", .count = by}, key(by), cwt_of(std::move(claims)), cose::Algorithm::kEs384);
  };
  const Tokens tokens{sign(claims_of(platform()), 0), sign(claims_of(tsm()), 1), sign(claims_of(tvm()), 2)};
  return cose::encode_sign1(sign(claims_of(Certificate{"aa", "bb", evidence_of(tokens)}), 2));
}

TEST(Evidence, IsReadWholeOrNotAtAll) {
  const auto bytes = evidence();
  const auto read = read_evidence(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->platform, platform());
  EXPECT_EQ(read->tsm, tsm());
  EXPECT_EQ(read->tvm, tvm());
  EXPECT_EQ(read->certificate.issuer, "aa");
  EXPECT_TRUE(cose::verify(read->signed_tokens.tvm, key(2).public_point()));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read_evidence(base::View(bytes).first(size))) << size;
  auto tail = bytes;
  tail.push_back(0);
  EXPECT_FALSE(read_evidence(tail));
}

TEST(Dice, EachStepDependsOnBothOfItsInputs) {
  Cdi uds{};
  Digest measured{};
  const auto first = next_cdi(uds, measured);
  measured[0] = 1;
  const auto other = next_cdi(uds, measured);
  uds[0] = 1;
  EXPECT_NE(first, other);
  EXPECT_NE(next_cdi(uds, measured), other);
  EXPECT_NE(key_of(first).public_point(), key_of(other).public_point());
  EXPECT_EQ(id_of(key_of(first).public_point()).size(), 40u);
}

}  // namespace
}  // namespace coveproto
