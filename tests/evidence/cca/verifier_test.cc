// The owner's appraisal of a CCA token, row by row, against evidence that our signers and our vendor made.
#include "guest/relying_party/cca_verifier.h"

#include <gtest/gtest.h>

#include <set>

#include "guest/relying_party/cca_rules.h"
#include "platform/protocol/cose/key.h"
#include "tests/evidence/cca/situation.h"

namespace cca_evidence {
namespace {

constexpr const char* kPlatform = "cca.PLATFORM_TOKEN";
constexpr const char* kRealm = "cca.REALM_TOKEN";

// What breaks one row and no other.
struct Break {
  std::string_view id;
  void (*apply)(Situation&);
};
const Break kBreaks[] = {
    {"owner.cca.token.format", [](Situation& s) { s.edit = set_claim(kRealm, "265", "tag:arm.com,2024:realm#2.0.0"); }},
    {"owner.cca.endorsement.signature", [](Situation& s) { s.vendor = "impostor"; }},
    {"owner.cca.platform.signature", [](Situation& s) { s.after = [](ccaproto::Token& t) { t.platform.signature[0] ^= 1; }; }},
    {"owner.cca.platform.implementation",
     [](Situation& s) { s.platform.implementation_id[0] ^= 1, s.endorsed.implementation_id[0] ^= 1; }},
    {"owner.cca.platform.lifecycle", [](Situation& s) { s.platform.lifecycle = ccaproto::kLifecycleNonCcaDebug; }},
    {"owner.cca.platform.firmware",
     [](Situation& s) { s.platform.sw_components = attestation::firmware(5); }},
    {"owner.cca.platform.config", [](Situation& s) { s.platform.config = {1}; }},
    {"owner.cca.endorsement.withdrawn", [](Situation& s) { s.policy.withdrawn = {s.platform.instance_id}; }},
    {"owner.cca.platform.allow-list", [](Situation& s) { s.policy.instances->clear(); }},
    {"owner.cca.realm.binding", [](Situation& s) { s.edit = set_claim(kPlatform, "10", base::Bytes(32)); }},
    {"owner.cca.realm.signature", [](Situation& s) { s.after = [](ccaproto::Token& t) { t.realm.signature[95] ^= 1; }; }},
    {"owner.cca.realm.hash", [](Situation& s) { s.policy.hash_algorithms = {"sha-512"}; }},
    {"owner.cca.rim", [](Situation& s) { s.realm.rim[31] ^= 1; }},
    {"owner.cca.personalization", [](Situation& s) { s.realm.rpv[63] ^= 1; }},
    {"owner.cca.rem.values", [](Situation& s) { s.realm.rem[0][0] ^= 1; }},
    {"owner.cca.rem.replay", [](Situation& s) { s.realm.rem[1][0] ^= 1; }},
    {"owner.cca.rem.events",
     [](Situation& s) {
       s.log.events.push_back(ccaproto::event_of(2, ccaproto::kEventIpl, base::view_of("a module more")));
       s.realm.rem = ccaproto::replay(s.realm.algorithm, s.log);
     }},
    {"owner.cca.challenge", [](Situation& s) { s.realm.challenge[63] ^= 1; }},
};

TEST(CcaVerifier, AcceptsHonestEvidence) {
  Situation s;
  auto result = s.appraise(s.carried());
  ASSERT_EQ(Situation::verdict(result), "accepted");
  EXPECT_EQ(result->platform.instance_id, s.platform.instance_id);
  EXPECT_EQ(result->platform.sw_components.size(), 8u);
  EXPECT_EQ(result->realm.rim, base::Bytes(32, 0x71));
}

TEST(CcaVerifier, AcceptsASha512Realm) {
  Situation s;
  s.realm.algorithm = ccaproto::HashAlgorithm::kSha512;
  s.realm.rim.fill(0x72);
  s.realm.rem = ccaproto::replay(s.realm.algorithm, s.log);
  s.policy.rims = {base::Bytes(64, 0x72)};
  s.policy.rems[0].values = {base::bytes_of(base::View(s.realm.rem[0]))};
  EXPECT_EQ(s.appraised(), "accepted");
  s.edit = set_claim(kRealm, "44236", "sha-256");
  EXPECT_EQ(s.appraised(), "owner.cca.realm.hash") << "a length that is not the algorithm's";
}

TEST(CcaVerifier, EveryRowIsBrokenByOneThingAndByNothingElse) {
  for (const auto& [id, apply] : kBreaks) {
    Situation s;
    apply(s);
    EXPECT_EQ(s.appraised(), id);
  }
  std::set<std::string_view> broken;
  for (const auto& row : kBreaks) broken.insert(row.id);
  std::vector<const trust::Defence*> rows;
  relying_party::collect_cca_defences(rows);
  for (const auto* row : rows) EXPECT_TRUE(broken.contains(row->id)) << row->id;
}

// Lifecycles as the specification cuts them.
TEST(CcaVerifier, TakesSecuredPlatformsAndNoOthers) {
  const std::pair<std::uint16_t, bool> kLifecycles[] = {{0x0000, false}, {0x1000, false}, {0x2000, false}, {0x2FFF, false}, {0x3000, true},
                                                        {0x30FF, true},  {0x3100, false}, {0x4000, false}, {0x5000, false}, {0x6000, false}};
  for (const auto& [lifecycle, good] : kLifecycles) {
    Situation s;
    s.platform.lifecycle = lifecycle;
    EXPECT_EQ(s.appraised(), good ? "accepted" : "owner.cca.platform.lifecycle") << lifecycle;
  }
}

TEST(CcaVerifier, ATokenOfTwoPlatformsIsRefused) {
  Situation mine, other;
  other.platform = attestation::Platform::from_seed(base::view_of("platform 1"), 6);
  const auto theirs = *ccaproto::decode_token(other.carried().token);
  mine.after = [&](ccaproto::Token& token) { token.realm = theirs.realm; };
  EXPECT_EQ(mine.appraised(), "owner.cca.realm.binding");
  mine.after = [&](ccaproto::Token& token) { token.platform = theirs.platform; };
  EXPECT_EQ(mine.appraised(), "owner.cca.endorsement.signature") << "a platform that the endorsement is not of";
}

TEST(CcaVerifier, AnyClaimOfEitherSetIsUnderItsSignature) {
  for (const char* path : {"10", "265", "2395", "2396", "256", "2399/0/2", "2399/7/5", "2401", "2402"}) {
    Situation s;
    s.after = [&](ccaproto::Token& token) {
      auto claims = *cbor::decode(token.platform.payload);
      if (std::string_view(path) == "2395") (void)cbor::edit(claims, path, 0x3001);
      else if (std::string_view(path) == "265" || std::string_view(path) == "2402") (void)cbor::edit(claims, path, "x");
      else (void)cbor::edit(claims, path, base::Bytes(std::string_view(path) == "256" ? 33 : 32));
      token.platform.payload = cbor::encode(claims);
    };
    EXPECT_NE(s.appraised(), "accepted") << path;
  }
}

TEST(CcaVerifier, OtherAlgorithmsAreRefused) {
  Situation s;
  s.after = [&](ccaproto::Token& token) {
    crypto::Library library(2);
    cose::sign(token.realm, library, {.actor = "t", .purpose = "t"}, s.platform.realm_key(), cose::Algorithm::kEs384);
    token.realm.protected_header = cbor::Map{{1, -7}};
    cose::sign(token.realm, library, {.actor = "t", .purpose = "t"}, s.platform.realm_key(), cose::Algorithm::kEs256);
  };
  EXPECT_EQ(s.appraised(), "owner.cca.realm.signature");
}

// Evidence of any length and content ends in a refusal.
TEST(CcaVerifier, TruncatedTokensAreRefused) {
  const Situation s;
  const auto carried = s.carried();
  for (std::size_t size = 0; size < carried.token.size(); size += 7) {
    Carried cut = carried;
    cut.token.resize(size);
    EXPECT_EQ(Situation::verdict(s.appraise(cut)), "owner.cca.token.format");
  }
  Carried tail = carried;
  tail.token.push_back(0);
  EXPECT_EQ(Situation::verdict(s.appraise(tail)), "owner.cca.token.format");
}

}  // namespace
}  // namespace cca_evidence
