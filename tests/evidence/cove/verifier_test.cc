// The owner's appraisal of CoVE evidence, row by row, against evidence that our layers and our vendor made.
#include <gtest/gtest.h>

#include <set>

#include "guest/relying_party/cove_rules.h"
#include "tests/evidence/cove/situation.h"

namespace cove_evidence {
namespace {

crypto::EcKey foreign() { return crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("somebody else"), "key"); }

constexpr crypto::CalendarTime kDay = 24 * 60 * 60;

// The vendor's list of that day, good for one more, that takes back what it said of these.
crypto::RevocationList list_of(const std::vector<attest::Platform>& revoked, crypto::CalendarTime day, const std::string& vendor = {}) {
  std::vector<base::Bytes> serials;
  for (const auto& platform : revoked) serials.push_back(attest::Vendor().endorse(platform).content().serial);
  return (vendor.empty() ? attest::Vendor() : attest::Vendor(vendor)).revocation_list(std::move(serials), day, day + kDay);
}

// What breaks one row and no other.
struct Break {
  std::string_view id;
  void (*apply)(Situation&);
};
const Break kBreaks[] = {
    {"owner.cove.evidence.format", [](Situation& s) { s.edit = set_claim("cove.PLATFORM_TOKEN", "265", "https://example.com"); }},
    {"owner.cove.platform.endorsed", [](Situation& s) { s.vendor = "impostor"; }},
    {"owner.cove.platform.revoked", [](Situation& s) { s.policy.revocation_list = list_of({s.platform}, s.now); }},
    {"owner.cove.platform.allow-list", [](Situation& s) { s.policy.platforms = {"00"}; }},
    {"owner.cove.platform.signature",
     [](Situation& s) {  // the endorsement of another platform of the same vendor
       s.policy.platforms.reset();
       s.edit = [](std::string_view, cbor::Value&) {};
     }},
    {"owner.cove.tsm.signature",
     [](Situation& s) { s.edit = set_claim("cove.PLATFORM_TOKEN", "-75001", cbor::encode(cose::ec2_key(foreign().public_point()))); }},
    {"owner.cove.tvm.signature", [](Situation& s) { s.tvm_signer = foreign(); }},
    {"owner.cove.certificate.signature", [](Situation& s) { s.certificate_signer = foreign(); }},
    {"owner.cove.certificate.profile",
     [](Situation& s) {
       s.format = coveproto::kCertificateX509;
       s.alter = [](crypto::CertificateContent& content) { content.not_after = crypto::calendar_time(2040, 1, 1); };
     }},
    {"owner.cove.platform.manufacturer",
     [](Situation& s) { s.edit = set_claim("cove.PLATFORM_TOKEN", "-75002", base::Bytes(64, 1)); }},
    {"owner.cove.platform.state", [](Situation& s) { s.platform.state = coveproto::PlatformState::kDebug; }},
    {"owner.cove.components.svn", [](Situation& s) { s.platform.tsm.svn = "4"; }},
    {"owner.cove.components.known", [](Situation& s) { s.platform.driver.signer[0] ^= 1; }},
    {"owner.cove.initial.boot", [](Situation& s) { s.tvm.registers[1][0] ^= 1; }},
    {"owner.cove.initial.tvm", [](Situation& s) { s.tvm.registers[4][0] ^= 1; }},
    {"owner.cove.runtime.values", [](Situation& s) { s.tvm.registers[7][0] ^= 1; }},
    {"owner.cove.runtime.replay", [](Situation& s) { s.log[0].digest[0] ^= 1; }},
    {"owner.cove.runtime.events",
     [](Situation& s) {
       s.log.push_back({6, {}, "a module more"});
       s.tvm.registers[6] = coveproto::replay(s.log)[0];
       s.policy.runtime[6].values.clear();
     }},
    {"owner.cove.identity", [](Situation& s) { s.tvm.identity.reset(); }},
    {"owner.cove.challenge", [](Situation& s) { s.challenge[63] ^= 1; }},
};

TEST(CoveVerifier, AcceptsHonestEvidence) {
  const Situation s;
  auto result = s.appraise(s.carried());
  ASSERT_EQ(Situation::verdict(result), "accepted");
  EXPECT_EQ(result->evidence->tvm.challenge, s.challenge);
  EXPECT_EQ(result->evidence->tsm.tsm.svn, "5");
  EXPECT_LE(s.carried().certificate.size(), 4096u) << "a guest has a page for it";
}

TEST(CoveVerifier, AcceptsTheX509FormAndWhatIsWrongWithItIsSeen) {
  Situation s;
  s.format = coveproto::kCertificateX509;
  const auto honest = s.carried();
  EXPECT_EQ(Situation::verdict(s.appraise(honest)), "accepted");
  EXPECT_LE(honest.certificate.size(), 4096u) << "a guest has a page for it";
  struct Row {
    const char* id;
    std::function<void(crypto::CertificateContent&)> alter;
  };
  const auto last = [](crypto::CertificateContent& content) -> crypto::Extension& { return content.extensions.back(); };
  const Row rows[] = {
      {"owner.cove.certificate.profile", [](auto& c) { c.serial.back() ^= 1; }},
      {"owner.cove.certificate.profile", [](auto& c) { c.subject.common_name = std::string(40, '0'); }},
      {"owner.cove.certificate.profile", [](auto& c) { c.extensions.erase(c.extensions.begin()); }},
      {"owner.cove.certificate.profile", [](auto& c) { c.extensions[2].critical = false; }},
      {"owner.cove.certificate.profile", [](auto& c) { c.extensions[3] = crypto::basic_constraints(true); }},
      {"owner.cove.certificate.signature", [](auto& c) { c.issuer.common_name = std::string(40, '0'); }},
      {"owner.cove.evidence.format", [&](auto& c) { last(c).critical = false; }},
      {"owner.cove.evidence.format", [&](auto& c) { c.extensions.push_back(last(c)); }},
      {"owner.cove.evidence.format", [&](auto& c) { last(c).value.push_back(0); }},
      {"owner.cove.evidence.format", [&](auto& c) { c.extensions.pop_back(); }},
  };
  for (const auto& [id, alter] : rows) {
    s.alter = alter;
    EXPECT_EQ(Situation::verdict(s.appraise(s.carried())), id);
  }
  s.alter = {};
  s.certificate_signer = foreign();
  EXPECT_EQ(Situation::verdict(s.appraise(s.carried())), "owner.cove.certificate.signature");
  auto altered = honest;
  for (std::size_t at = 0; at < altered.certificate.size(); at += 97) {
    altered.certificate[at] ^= 1;
    EXPECT_NE(Situation::verdict(s.appraise(altered)), "accepted") << at;
    altered.certificate[at] ^= 1;
  }
}

TEST(CoveVerifier, EveryRowIsBrokenByOneThingAndByNothingElse) {
  std::set<std::string_view> broken;
  for (const auto& [id, apply] : kBreaks) {
    Situation s;
    apply(s);
    auto carried = s.carried();
    if (id == "owner.cove.platform.signature")
      carried.endorsement = attest::Vendor().endorse(attest::Platform::from_seed(base::view_of("chip1"))).to_der();
    EXPECT_EQ(Situation::verdict(s.appraise(carried)), id);
    broken.insert(id);
  }
  std::vector<const trust::Defence*> rows;
  relying_party::collect_cove_defences(rows);
  for (const auto* row : rows) EXPECT_TRUE(broken.contains(row->id)) << row->id;
  EXPECT_EQ(broken.size(), rows.size());
}

TEST(CoveVerifier, AListOfRevocationsIsTheVendorsAndCurrent) {
  Situation s;
  const auto verdict = [&](crypto::RevocationList list) {
    s.policy.revocation_list = std::move(list);
    return s.appraised();
  };
  EXPECT_EQ(verdict(list_of({attest::Platform::from_seed(base::view_of("another"))}, s.now)), "accepted");
  EXPECT_EQ(verdict(list_of({}, s.now - kDay)), "accepted") << "the last second of a list";
  EXPECT_EQ(verdict(list_of({}, s.now - kDay - 1)), "owner.cove.platform.revoked");
  EXPECT_EQ(verdict(list_of({}, s.now + 1)), "owner.cove.platform.revoked");
  EXPECT_EQ(verdict(list_of({}, s.now, "impostor")), "owner.cove.platform.revoked");
}

TEST(CoveVerifier, NeedsEveryClaimThatIsNotOptional) {
  const std::pair<const char*, const char*> kClaims[] = {
      {"cove.PLATFORM_TOKEN", "265"},   {"cove.PLATFORM_TOKEN", "-75001"}, {"cove.PLATFORM_TOKEN", "-75002"},
      {"cove.PLATFORM_TOKEN", "-75003"}, {"cove.PLATFORM_TOKEN", "-75004"}, {"cove.TSM_TOKEN", "-75005"},
      {"cove.TSM_TOKEN", "-75006"},     {"cove.TVM_TOKEN", "10"},          {"cove.TVM_TOKEN", "-75008"},
      {"cove.TVM_TOKEN", "-75009"},     {"cove.CERTIFICATE", "1"},         {"cove.CERTIFICATE", "2"},
      {"cove.CERTIFICATE", "-75011"},
  };
  for (const auto& [token, path] : kClaims) {
    Situation s;
    s.edit = drop_claim(token, path);
    EXPECT_EQ(s.appraised(), "owner.cove.evidence.format") << token << " " << path;
  }
  Situation s;
  s.policy.identity.reset();
  s.edit = drop_claim("cove.TVM_TOKEN", "-75007");
  EXPECT_EQ(s.appraised(), "accepted") << "the identity is optional";
}

TEST(CoveVerifier, RefusesEveryAlteredByteAndEveryTruncation) {
  const Situation s;
  const auto carried = s.carried();
  for (std::size_t i = 0; i < carried.certificate.size(); i += 7) {
    auto altered = carried;
    altered.certificate[i] ^= 1;
    EXPECT_FALSE(s.appraise(altered)) << i;
    altered.certificate.resize(i);
    EXPECT_FALSE(s.appraise(altered)) << i;
  }
  auto tail = carried;
  tail.certificate.push_back(0);
  EXPECT_FALSE(s.appraise(tail));
}

TEST(CoveVerifier, AcceptsNothingUnasked) {
  Situation s;
  s.policy.root.reset();
  EXPECT_EQ(s.appraised(), "owner.cove.platform.endorsed");
  Situation t;
  t.policy.initial.clear();
  EXPECT_EQ(t.appraised(), "owner.cove.initial.tvm");
  Situation late;
  late.now = crypto::calendar_time(2040, 1, 1);
  EXPECT_EQ(late.appraised(), "owner.cove.platform.endorsed");
}

// Another firmware gives another platform key, and with it other keys all the way up.
TEST(Dice, SecretsDependOnEveryLayerBelow) {
  const Situation s;
  auto other = s.platform;
  other.firmware[1].svn = "9";
  EXPECT_NE(other.platform_cdi(), s.platform.platform_cdi());
  EXPECT_NE(other.tsm_cdi(), s.platform.tsm_cdi());
  auto tsm = s.platform;
  tsm.tsm.measurement[0] ^= 1;
  EXPECT_EQ(tsm.platform_cdi(), s.platform.platform_cdi());
  EXPECT_NE(tsm.tsm_cdi(), s.platform.tsm_cdi());
}

}  // namespace
}  // namespace cove_evidence
