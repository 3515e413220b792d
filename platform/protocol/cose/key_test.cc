#include "platform/protocol/cose/key.h"

#include <gtest/gtest.h>

#include "platform/crypto/ec_key.h"

namespace cose {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

// RFC 9052, C.7.1, the second key: P-256, of meriadoc.brandybuck@buckland.example.
constexpr const char* kX = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d";
constexpr const char* kY = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c";
constexpr const char* kPublished =
    "a5200121582065eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
    "2258201e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
    "0102025824"
    "6d65726961646f632e6272616e64796275636b406275636b6c616e642e6578616d706c65";

TEST(CoseKey, ReadsThePublishedKey) {
  const auto key = cbor::decode(hex(kPublished));
  ASSERT_TRUE(key);
  EXPECT_EQ(ec2_point(*key), hex(std::string(kX) + kY));
}

TEST(CoseKey, WritesAPointInDeterministicOrder) {
  EXPECT_EQ(cbor::encode(ec2_key(hex(std::string(kX) + kY))),
            hex(std::string("a401022001215820") + kX + "225820" + kY));
}

TEST(CoseKey, KeepsPointsOfEveryCurve) {
  std::int64_t number = 1;
  for (const crypto::Curve curve : {crypto::Curve::kP256, crypto::Curve::kP384, crypto::Curve::kP521}) {
    const auto own = crypto::EcKey::derive(curve, base::view_of("seed"), "key");
    const cbor::Value key = ec2_key(own.public_point());
    EXPECT_EQ(*cbor::find(key, -1)->as_int(), number++);
    EXPECT_EQ(ec2_point(key), own.public_point());
    EXPECT_EQ(ec2_point(cbor::decode(cbor::encode(key)).value()), own.public_point());
  }
  EXPECT_THROW(ec2_key(base::Bytes(65)), base::Bug);
}

TEST(CoseKey, RefusesOtherKeys) {
  const base::Bytes point = hex(std::string(kX) + kY);
  const cbor::Value good = ec2_key(point);
  const auto with = [&](std::string_view label, cbor::Value value) {
    cbor::Value key = good;
    EXPECT_TRUE(cbor::edit(key, label, std::move(value)));
    return ec2_point(key);
  };
  EXPECT_EQ(with("1", 2), point);
  EXPECT_FALSE(with("1", 1));
  EXPECT_FALSE(with("1", "EC2"));
  EXPECT_FALSE(with("-1", 2));
  EXPECT_FALSE(with("-1", 8));
  EXPECT_FALSE(with("-2", base::Bytes(31)));
  EXPECT_FALSE(with("-2", base::Bytes(48)));
  EXPECT_FALSE(with("-3", true));
  for (const char* label : {"1", "-1", "-2", "-3"}) {
    cbor::Value key = good;
    EXPECT_TRUE(cbor::erase(key, label));
    EXPECT_FALSE(ec2_point(key)) << label;
  }
  cbor::Value own = good;
  own.as_map()->push_back({-4, base::Bytes(32)});
  EXPECT_FALSE(ec2_point(own));
  EXPECT_FALSE(ec2_point(cbor::Value(5)));
  EXPECT_FALSE(ed25519_public(good));
}

TEST(CoseKey, KeepsKeysOfEd25519) {
  const base::Bytes shown(32, 0x5a);
  const cbor::Value key = ed25519_key(shown);
  EXPECT_EQ(cbor::print(key).substr(0, 20), "{1: 1, -1: 6, -2: h'");
  EXPECT_EQ(ed25519_public(key), shown);
  EXPECT_FALSE(ec2_point(key));
  EXPECT_THROW(ed25519_key(base::Bytes(33)), base::Bug);
}

}  // namespace
}  // namespace cose
