#include "platform/protocol/cca/token.h"

#include <gtest/gtest.h>

#include "platform/protocol/cca/evidence_schemas.h"
#include "platform/protocol/cose/key.h"

namespace ccaproto {
namespace {

PlatformClaims platform() {
  PlatformClaims out;
  out.challenge = base::Bytes(32, 1);
  out.implementation_id.fill(2);
  out.instance_id.fill(3);
  out.config = {4, 5};
  out.sw_components = {{"BL2", base::Bytes(32, 6), "1.2.3", base::Bytes(48, 7), "sha-256"}, {"", base::Bytes(64, 8), "", base::Bytes(32, 9), ""}};
  out.verification_service = "https://verifier.example";
  return out;
}
RealmTokenClaims realm() {
  RealmTokenClaims out;
  out.challenge.fill(1);
  out.personalization.fill(2);
  out.public_key = {3};
  out.rim = base::Bytes(32, 4);
  out.rems.fill(base::Bytes(32, 5));
  return out;
}

TEST(PlatformClaims, ComeBackAsTheyWere) {
  EXPECT_EQ(platform_claims(cbor::encode(claims_value(platform()))), platform());
  auto without = platform();
  without.verification_service.clear();
  EXPECT_EQ(platform_claims(cbor::encode(claims_value(without))), without);
}
TEST(RealmClaims, ComeBackAsTheyWere) {
  EXPECT_EQ(realm_claims(cbor::encode(claims_value(realm()))), realm());
  auto wide = realm();
  wide.rim = base::Bytes(64, 4);
  wide.rems.fill(base::Bytes(64, 5));
  EXPECT_EQ(realm_claims(cbor::encode(claims_value(wide))), wide);
}

// Each claim of the profiles is asked for; the verification service alone may be left out.
TEST(Claims, ThatAreMissingOrOfAnotherTypeMakeTheWholeUnreadable) {
  for (const char* path : {"10", "256", "265", "2395", "2396", "2399", "2401", "2402", "2399/0/2", "2399/1/5"}) {
    auto value = claims_value(platform());
    ASSERT_TRUE(cbor::erase(value, path)) << path;
    EXPECT_FALSE(platform_claims(cbor::encode(value))) << path;
    value = claims_value(platform());
    ASSERT_TRUE(cbor::edit(value, path, true));
    EXPECT_FALSE(platform_claims(cbor::encode(value))) << path;
  }
  for (const char* path : {"10", "265", "44235", "44236", "44237", "44238", "44239", "44240", "44239/3"}) {
    auto value = claims_value(realm());
    ASSERT_TRUE(cbor::erase(value, path)) << path;
    EXPECT_FALSE(realm_claims(cbor::encode(value))) << path;
    value = claims_value(realm());
    ASSERT_TRUE(cbor::edit(value, path, true));
    EXPECT_FALSE(realm_claims(cbor::encode(value))) << path;
  }
}
TEST(Claims, OfWrongSizesAreRefused) {
  for (const auto& [path, size] : {std::pair{"10", 63}, {"44235", 65}, {"44238", 31}, {"44239/0", 48}}) {
    auto value = claims_value(realm());
    ASSERT_TRUE(cbor::edit(value, path, base::Bytes(size)));
    EXPECT_FALSE(realm_claims(cbor::encode(value))) << path;
  }
  for (const auto& [path, size] : {std::pair{"10", 20}, {"256", 32}, {"2396", 33}, {"2399/0/2", 31}}) {
    auto value = claims_value(platform());
    ASSERT_TRUE(cbor::edit(value, path, base::Bytes(size)));
    EXPECT_FALSE(platform_claims(cbor::encode(value))) << path;
  }
  auto value = claims_value(platform());
  ASSERT_TRUE(cbor::edit(value, "2395", 0x10000));
  EXPECT_FALSE(platform_claims(cbor::encode(value)));
}
TEST(Claims, ThatAreNotKnownArePassedOver) {
  auto value = claims_value(realm());
  value.as_map()->push_back({99999, "more"});
  EXPECT_EQ(realm_claims(cbor::encode(value)), realm());
}

Token token() {
  crypto::Library library(1);
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("k"), "k");
  const auto made = [&](const cbor::Value& claims) {
    return cose::sign1(library, {.actor = "t", .purpose = "t"}, key, cbor::encode(claims), cose::Algorithm::kEs384);
  };
  return {made(claims_value(platform())), made(claims_value(realm()))};
}

TEST(Token, IsTag399AroundTwoByteStrings) {
  const auto bytes = encode_token(token());
  const base::Bytes front{0xd9, 0x01, 0x8f, 0xa2, 0x19, 0xac, 0xca, 0x59};  // tag 399, map of two, 44234, a long byte string
  EXPECT_EQ(base::Bytes(bytes.begin(), bytes.begin() + 8), front);
  const auto back = decode_token(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->platform, token().platform);
  EXPECT_EQ(back->realm, token().realm);
  EXPECT_EQ(encode_token(*back), bytes);
}
TEST(Token, OfAnotherFormIsRefused) {
  const auto bytes = encode_token(token());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_token(base::View(bytes).first(size)));
  auto tail = bytes;
  tail.push_back(0);
  EXPECT_FALSE(decode_token(tail));
  auto value = *cbor::decode(bytes);
  auto other = cbor::Value::tagged(907, *value.content());
  EXPECT_FALSE(decode_token(cbor::encode(other))) << "2.0's wrapper";
  EXPECT_FALSE(decode_token(cbor::encode(*value.content())));
  value.content()->as_map()->push_back({1, 2});
  EXPECT_FALSE(decode_token(cbor::encode(value)));
  auto no_realm = *cbor::decode(bytes);
  no_realm.content()->as_map()->pop_back();
  EXPECT_FALSE(decode_token(cbor::encode(no_realm)));
}

TEST(Endorsement, ComesBackAsItWasAndOnlyWhole) {
  KeyEndorsement says;
  says.public_key = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("k"), "k").public_point();
  says.instance_id.fill(1);
  EXPECT_EQ(key_endorsement(cbor::encode(claims_value(says))), says);
  for (const char* path : {"8", "8/1", "256", "2396"}) {
    auto value = claims_value(says);
    ASSERT_TRUE(cbor::erase(value, path)) << path;
    EXPECT_FALSE(key_endorsement(cbor::encode(value))) << path;
  }
}

TEST(Hashes, AreFoundByName) {
  EXPECT_EQ(hash_by_name("sha-256", {})->size(), 32u);
  EXPECT_EQ(hash_by_name("sha-384", {})->size(), 48u);
  EXPECT_EQ(hash_by_name("sha-512", {})->size(), 64u);
  EXPECT_FALSE(hash_by_name("sha-1", {}));
}

TEST(Schemas, ShowClaimsByPath) {
  const auto& all = evidence_schemas();
  EXPECT_EQ(all[0].name, "cca.PLATFORM_TOKEN");
  EXPECT_TRUE(all[0].find(all[0].empty, "2399/0/2"));
  EXPECT_TRUE(all[1].find(all[1].empty, "44239/3"));
}

}  // namespace
}  // namespace ccaproto
