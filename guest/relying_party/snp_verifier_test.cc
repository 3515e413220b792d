#include "guest/relying_party/snp_verifier.h"

#include <gtest/gtest.h>

#include <set>

#include "guest/relying_party/snp_rules.h"
#include "guest/relying_party/test_evidence.h"

namespace relying_party {
namespace {

using sevproto::SigningKey;
using test::TestEvidence;

// What breaks one rule and no other.
struct Break {
  std::string_view id;
  void (*apply)(TestEvidence&);
};
const Break kBreaks[] = {
    {"rp.report.format", [](TestEvidence& e) { e.policy.minimum_report_version = 4; }},
    {"rp.chain.root", [](TestEvidence& e) { e.vendor = e.leaf_issuer = "impostor"; }},
    {"rp.chain.signatures", [](TestEvidence& e) { e.leaf_issuer = "impostor"; }},
    {"rp.chain.revoked", [](TestEvidence& e) { e.revoked = {{2}}; }},
    {"rp.report.signature", [](TestEvidence& e) { e.signer = "somebody"; }},
    {"rp.tcb.certificate", [](TestEvidence& e) { --e.leaf_tcb.snp; }},
    {"rp.chip.hwid", [](TestEvidence& e) { e.hwid[63] ^= 1; }},
    {"rp.chip.allow-list", [](TestEvidence& e) { e.policy.chips->clear(); }},
    {"rp.tcb.order",
     [](TestEvidence& e) {
       e.report.current_tcb -= 1;  // the boot loader is the lowest byte
       e.policy.require_committed_tcb = false;
     }},
    {"rp.tcb.floor", [](TestEvidence& e) { ++e.policy.products.at(e.product).minimum_tcb.snp; }},
    {"rp.policy.debug", [](TestEvidence& e) { e.report.policy |= sevproto::kPolicyDebugAllowed; }},
    {"rp.policy.migration-agent", [](TestEvidence& e) { e.report.policy |= sevproto::kPolicyMigrateMaAllowed; }},
    {"rp.platform.alias-check",
     [](TestEvidence& e) { e.report.platform_info &= ~sevproto::kPlatformAliasCheckComplete; }},
    {"rp.platform.ciphertext-hiding",
     [](TestEvidence& e) { e.report.platform_info &= ~sevproto::kPlatformCiphertextHidingEn; }},
    {"rp.vmpl", [](TestEvidence& e) { e.report.vmpl = 2; }},
    {"rp.measurement", [](TestEvidence& e) { e.report.measurement[47] ^= 1; }},
    {"rp.id-key", [](TestEvidence& e) { e.report.id_key_digest[0] ^= 1; }},
    {"rp.host-data", [](TestEvidence& e) { e.report.host_data[31] ^= 1; }},
    {"rp.report-data", [](TestEvidence& e) { e.report.report_data[63] ^= 1; }},
};

TEST(SnpVerifier, AcceptsHonestEvidenceOfEveryProduct) {
  for (auto product : {sev::Product::kMilan, sev::Product::kGenoa, sev::Product::kTurin})
    EXPECT_EQ(TestEvidence(product).appraised(), "accepted") << sev::name_of(product);
}

TEST(SnpVerifier, EveryRuleIsBrokenByOneThingAndByNothingElse) {
  for (const auto& [id, apply] : kBreaks) {
    TestEvidence e;
    apply(e);
    EXPECT_EQ(e.appraised(), id);
  }
}

TEST(SnpVerifier, ALiftedDefenceLetsItsOwnBreachPass) {
  for (const auto& rule : kSnpRules) {
    for (const auto& [id, apply] : kBreaks) {
      if (id != rule.defence.id) continue;
      TestEvidence e;
      apply(e);
      trust::Defences defences;
      defences.lift(id);
      bool liftable = rule.defence.kind == trust::Kind::kDefence;
      EXPECT_EQ(e.appraised(defences), liftable ? "accepted" : id) << id;
    }
  }
}

TEST(SnpVerifier, EveryRuleHasABreachAndDetects) {
  std::set<std::string_view> broken, rules;
  for (const auto& b : kBreaks) broken.insert(b.id);
  for (const auto& rule : kSnpRules) {
    rules.insert(rule.defence.id);
    EXPECT_EQ(rule.defence.act, trust::Act::kDetect);
  }
  EXPECT_EQ(broken, rules);
  EXPECT_EQ(rules.size(), std::size(kSnpRules));
}

TEST(SnpVerifier, RefusesEveryTruncationAndATail) {
  TestEvidence e;
  auto raw = e.bytes(), table = e.table();
  trust::Defences defences;
  for (std::size_t size = 0; size < raw.size(); ++size)
    ASSERT_EQ(test::verdict(appraise({base::View(raw).first(size), table}, e.policy, e.expected, e.now, defences)),
              "rp.report.format");
  raw.push_back(0);
  EXPECT_EQ(test::verdict(appraise({raw, table}, e.policy, e.expected, e.now, defences)), "rp.report.format");
}

TEST(SnpVerifier, RefusesAReportWithAnyByteAltered) {
  TestEvidence e;
  auto raw = e.bytes(), table = e.table();
  trust::Defences defences;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    raw[at] ^= 0x80;
    ASSERT_FALSE(appraise({raw, table}, e.policy, e.expected, e.now, defences)) << at;
    raw[at] ^= 0x80;
  }
  EXPECT_TRUE(appraise({raw, table}, e.policy, e.expected, e.now, defences));
}

TEST(SnpVerifier, ABitFlippedInTheMeasurementIsABadSignature) {
  TestEvidence e;
  e.flips_after_signing = {0x90};
  EXPECT_EQ(e.appraised(), "rp.report.signature");
}

TEST(SnpVerifier, RefusesAReportThatNobodySigned) {
  TestEvidence masked;
  masked.report.key_info |= sevproto::kKeyInfoMaskChipKey;
  EXPECT_EQ(masked.appraised(), "rp.report.signature");

  TestEvidence none;
  none.kind = SigningKey::kNone;
  trust::Defences defences;
  EXPECT_EQ(none.appraised(defences), "rp.chain.signatures");
  defences.lift("rp.chain.signatures");
  EXPECT_EQ(none.appraised(defences), "rp.report.signature");
}

TEST(SnpVerifier, RefusesASignatureInTheOtherByteOrder) {
  TestEvidence e;
  auto raw = e.bytes(), table = e.table();
  std::reverse(raw.begin() + 0x2a0, raw.begin() + 0x2a0 + 48);
  std::reverse(raw.begin() + 0x2e8, raw.begin() + 0x2e8 + 48);
  trust::Defences defences;
  EXPECT_EQ(test::verdict(appraise({raw, table}, e.policy, e.expected, e.now, defences)), "rp.report.signature");
}

TEST(SnpVerifier, FindsTheProductInTheReportFromVersion3OnAndInTheCertificateBefore) {
  TestEvidence e;
  e.report.cpuid_fam_id = e.report.cpuid_mod_id = 0;
  EXPECT_EQ(e.appraised(), "rp.chain.root");
  e.report.version = 2;
  EXPECT_EQ(e.appraised(), "accepted");
  e.leaf_product_name = "Naples-B0";
  EXPECT_EQ(e.appraised(), "rp.chain.root");
}

TEST(SnpVerifier, OneProductsChainDoesNotSpeakForAnother) {
  TestEvidence e(sev::Product::kMilan);
  e.report.cpuid_mod_id = 0x11;
  EXPECT_EQ(e.appraised(), "rp.chain.root");
  e.policy.products.emplace(sev::Product::kGenoa, AcceptedProduct{TestEvidence(sev::Product::kGenoa).root(), {}});
  EXPECT_EQ(e.appraised(), "rp.chain.root");
  e.with_root = false;
  EXPECT_EQ(e.appraised(), "rp.chain.signatures");
}

TEST(SnpVerifier, NeedsNoRootFromTheHostButTheRestOfTheChain) {
  TestEvidence e;
  e.with_root = false;
  EXPECT_EQ(e.appraised(), "accepted");
  e.with_intermediate = false;
  EXPECT_EQ(e.appraised(), "rp.chain.signatures");
  e.with_intermediate = true;
  e.with_leaf = false;
  EXPECT_EQ(e.appraised(), "rp.chain.signatures");
}

TEST(SnpVerifier, RefusesAnExpiredCertificate) {
  TestEvidence e;
  e.leaf_not_after = e.now - 1;
  EXPECT_EQ(e.appraised(), "rp.chain.signatures");
  e.leaf_not_after = e.now;
  EXPECT_EQ(e.appraised(), "accepted");
}

TEST(SnpVerifier, AnAbsentOrOldRevocationListIsADecisionOfPolicy) {
  TestEvidence e;
  e.with_list = false;
  EXPECT_EQ(e.appraised(), "rp.chain.revoked");
  e.policy.require_revocation_list = false;
  EXPECT_EQ(e.appraised(), "accepted");

  TestEvidence old;
  old.list_next_update = old.now - 1;
  EXPECT_EQ(old.appraised(), "rp.chain.revoked");
  old.policy.require_revocation_list = false;
  EXPECT_EQ(old.appraised(), "accepted");
  old.revoked = {{2}};
  EXPECT_EQ(old.appraised(), "rp.chain.revoked");
}

TEST(SnpVerifier, BelievesARevocationListOfTheRootOnly) {
  TestEvidence e, impostor;
  impostor.vendor = "impostor";
  e.with_list = false;
  e.policy.revocation_list = impostor.list({});
  EXPECT_EQ(e.appraised(), "rp.chain.revoked");
  e.policy.revocation_list = e.list({});
  EXPECT_EQ(e.appraised(), "accepted");
}

TEST(SnpVerifier, TheOwnersRevocationListCountsBesideTheHosts) {
  TestEvidence e;
  e.policy.revocation_list = e.list({{2}});
  EXPECT_EQ(e.appraised(), "rp.chain.revoked");
}

TEST(SnpVerifier, AVlekCountsForTheExpectedProviderOnly) {
  TestEvidence e;
  e.kind = SigningKey::kVlek;
  EXPECT_EQ(e.appraised(), "rp.chip.hwid");
  e.policy.provider = "cloud.example";
  EXPECT_EQ(e.appraised(), "accepted");
  e.provider = "other.example";
  EXPECT_EQ(e.appraised(), "rp.chip.hwid");
}

TEST(SnpVerifier, AVcekCanBeTurnedDown) {
  TestEvidence e;
  e.policy.accept_vcek = false;
  EXPECT_EQ(e.appraised(), "rp.chip.hwid");
}

TEST(SnpVerifier, ComparesVersionsByComponentNotAsANumber) {
  TestEvidence e;
  sev::Tcb& floor = e.policy.products.at(e.product).minimum_tcb;
  ++floor.tee;         // missed
  --floor.microcode;   // exceeded, and in the highest byte
  EXPECT_EQ(e.appraised(), "rp.tcb.floor");
}

TEST(SnpVerifier, LooksAtCommittedAndLaunchTcbWhereAskedTo) {
  for (auto field : {&sevproto::Report::committed_tcb, &sevproto::Report::launch_tcb}) {
    TestEvidence e;
    e.report.*field -= 1;
    EXPECT_EQ(e.appraised(), "rp.tcb.floor");
    e.policy.require_committed_tcb = e.policy.require_launch_tcb = false;
    EXPECT_EQ(e.appraised(), "accepted");
  }
}

TEST(SnpVerifier, RefusesReservedBitsInAVersion) {
  TestEvidence e;
  e.report.current_tcb |= 0x10000;
  EXPECT_EQ(e.appraised(), "rp.tcb.order");
}

TEST(SnpVerifier, RefusesAGuestThatAMigrationAgentHolds) {
  TestEvidence e;
  e.report.report_id_ma.fill(0x77);
  EXPECT_EQ(e.appraised(), "rp.policy.migration-agent");
  e.report.report_id_ma.fill(0);
  EXPECT_EQ(e.appraised(), "accepted");
  e.report.policy |= sevproto::kPolicyMigrateMaAllowed;
  e.policy.allow_migration_agent = true;
  EXPECT_EQ(e.appraised(), "accepted");
}

TEST(SnpVerifier, AnAuthorsDigestCountsOnlyWhenAnAuthorSigned) {
  TestEvidence e;
  e.report.key_info &= ~sevproto::kKeyInfoAuthorKeyEn;
  EXPECT_EQ(e.appraised(), "rp.id-key");
  e.policy.author_keys.clear();
  EXPECT_EQ(e.appraised(), "accepted");
}

TEST(SnpVerifier, AcceptsNoMeasurementUnasked) {
  TestEvidence e;
  e.policy.measurements.clear();
  EXPECT_EQ(e.appraised(), "rp.measurement");
}

TEST(SnpVerifier, ARefusalSaysWhereItStood) {
  struct Ear : trust::Defences::Listener {
    std::string heard;
    void spoke(const trust::Defence& d, std::string_view at) override {
      heard += std::string(d.id) + "@" + std::string(at);
    }
    void missed(const trust::Defence& d, std::string_view) override { heard += "missed " + std::string(d.id) + " "; }
  } ear;
  trust::Defences defences;
  defences.listen(&ear);
  defences.lift("rp.vmpl");
  TestEvidence e;
  e.report.vmpl = 1;
  e.report.measurement[0] ^= 1;
  EXPECT_EQ(e.appraised(defences), "rp.measurement");
  EXPECT_EQ(ear.heard, "missed rp.vmpl rp.measurement@relying party");
}

// A byte of the leaf, of a row, or of anything else: the host may write what it likes.
TEST(SnpVerifier, SurvivesAndNeverMisreadsAGarbledCertificateTable) {
  TestEvidence e;
  const auto raw = e.bytes(), good = e.table();
  const std::size_t leaf_at = base::load_le<std::uint32_t>(good, 16);
  const std::size_t leaf_size = base::load_le<std::uint32_t>(good, 20);
  const std::set<std::string> about_certificates = {"accepted", "rp.chain.root", "rp.chain.signatures",
                                                    "rp.chain.revoked"};
  trust::Defences defences;
  auto random = test::random_from("fuzz");
  std::size_t refused = 0;
  for (int round = 0; round < 1500; ++round) {
    base::Bytes table = good;
    bool leaf_touched = false;
    for (int i = 0; i <= round % 3; ++i) {
      auto dice = random(5);
      std::size_t at = base::load_le<std::uint32_t>(dice) % (round % 2 ? 5 * 24 : table.size());
      std::uint8_t to = dice[4];
      leaf_touched |= at >= leaf_at && at < leaf_at + leaf_size && table[at] != to;
      table[at] = to;
    }
    if (round % 5 == 0) table.resize(base::load_le<std::uint16_t>(random(2)) % table.size());
    auto said = test::verdict(appraise({raw, table}, e.policy, e.expected, e.now, defences));
    EXPECT_TRUE(about_certificates.contains(said)) << said;
    if (leaf_touched) {
      EXPECT_NE(said, "accepted") << round;
    }
    refused += said != "accepted";
  }
  EXPECT_GT(refused, 1000u);
}

TEST(SnpVerifier, RefusesEveryTruncationOfTheCertificateTable) {
  TestEvidence e;
  const auto raw = e.bytes(), table = e.table();
  trust::Defences defences;
  for (std::size_t size = 0; size < table.size(); ++size)
    ASSERT_FALSE(appraise({raw, base::View(table).first(size)}, e.policy, e.expected, e.now, defences)) << size;
}

}  // namespace
}  // namespace relying_party
