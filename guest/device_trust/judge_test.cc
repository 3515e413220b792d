#include "guest/device_trust/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "guest/device_trust/test_device.h"
#include "platform/crypto/der.h"

namespace device_trust {
namespace {

using test::TestDevice;

// What breaks one rule and no other: before the device spoke, or in what it said.
struct Break {
  std::string_view id;
  void (*apply)(TestDevice&) = nullptr;
  void (*alter)(DeviceEvidence&) = nullptr;
};

void remember(TestDevice& d) {
  trust::Defences defences;
  d.question.before = d.judged(defences).remembered;
}

const Break kBreaks[] = {
    {"cma.device.authenticated", nullptr, [](DeviceEvidence& e) { e = {}; }},
    {"cma.vca.form", nullptr, [](DeviceEvidence& e) { e.vca.push_back(0); }},
    {"cma.vca.version", [](TestDevice& d) { d.policy.negotiation.version_min = spdm::Version::k13; }},
    {"cma.vca.capabilities", [](TestDevice& d) { d.policy.negotiation.capabilities |= spdm::kCapHeartbeat; }},
    {"cma.vca.algorithms", [](TestDevice& d) { d.policy.negotiation.base_asym = spdm::kAsymEcdsaP256; }},
    {"cma.chain.form", nullptr, [](DeviceEvidence& e) { e.slots[0].chain.push_back(0); }},
    {"cma.chain.critical", [](TestDevice& d) { d.slots[0]->back().extensions.push_back({"1.2.3.4", {5, 0}, true}); }},
    {"cma.chain.root",
     [](TestDevice& d) { d.slots[0] = test::honest_chain("impostor", "device", d.question.seen.identity); }},
    {"cma.chain.signatures", [](TestDevice& d) { d.slots[0]->back().signer = "somebody"; }},
    {"cma.chain.validity",
     [](TestDevice& d) { d.slots[0]->back().not_after = crypto::calendar_time(2026, 5, 31); }},
    {"cma.chain.authority",
     [](TestDevice& d) {
       const test::Chain other = test::honest_chain("vendor", "other device", d.question.seen.identity);
       d.slots[0]->insert(d.slots[0]->end() - 1, other.back());
     }},
    {"cma.chain.revoked",
     [](TestDevice& d) {
       d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(1), {{3}}, crypto::calendar_time(2027, 1, 1))};
     }},
    {"cma.leaf.key-usage",
     [](TestDevice& d) {
       d.slots[0]->back().extensions[1].value = crypto::der::element(crypto::der::kBitString, base::Bytes{3, 8});
     }},
    {"cma.leaf.eku",
     [](TestDevice& d) {
       d.slots[0]->back().extensions[2] = test::extended_key_usage(spdm::kOidRequesterAuth);
     }},
    {"cma.leaf.model",
     [](TestDevice& d) { d.slots[0]->back().extensions[4] = test::spdm_mark(spdm::kOidMutableCertificate); }},
    {"cma.leaf.san", [](TestDevice& d) { d.question.seen.identity.device_id ^= 1; }},
    {"cma.keyring.vendor", [](TestDevice& d) { d.policy.chain.keyring[0].vendors = {0x8086}; }},
    {"cma.device.root",
     [](TestDevice& d) {
       d.policy.chain.device_root = test::issue_chain(test::honest_chain("other", "x", {})).front();
     }},
    {"cma.slot.pinned", [](TestDevice& d) { d.policy.chain.slot = 1; }},
    {"cma.proof.form", nullptr, [](DeviceEvidence& e) { e.proof.transcript.push_back(0); }},
    {"cma.slot.verified", [](TestDevice& d) { d.proof_key = "impostor"; }},
    {"guest.proof.own", [](TestDevice& d) { d.question.asked.proof.reset(); }},
    {"guest.nonce.fresh", [](TestDevice& d) { d.question.asked.proof->at(31) ^= 1; }},
    {"guest.evidence.digest", [](TestDevice& d) { d.policy.interface.require_tsm_digests = true; }},
    {"cma.measurements.present", nullptr, [](DeviceEvidence& e) { e.measurements = {}; }},
    {"cma.measurements.form", [](TestDevice& d) { d.blocks.push_back(d.blocks[1]); }},
    {"cma.measurements.signature", [](TestDevice& d) { d.measurements_key = "impostor"; }},
    {"cma.measurements.steady", [](TestDevice& d) { d.content_change = spdm::kContentChangeDetected; }},
    {"cma.measurements.reference", [](TestDevice& d) { d.blocks[0].measurement.back() ^= 1; }},
    {"cma.measurements.debug",
     [](TestDevice& d) {
       const spdm::DeviceMode mode{.operational_mode_state = spdm::kModeNormal,
                                   .device_mode_state = spdm::kDebugInvasiveActive};
       d.blocks[3] = spdm::measurement_block(spdm::kIndexDeviceMode, spdm::MeasurementType::kDeviceMode, true,
                                             wire::encode(mode));
     }},
    {"cma.firmware.floor", [](TestDevice& d) { ++*d.policy.measurements.security_version_min; }},
    {"cma.firmware.version", [](TestDevice& d) { d.policy.measurements.versions = {"1.2.4"}; }},
    {"cma.measurements.summary", [](TestDevice& d) { d.policy.measurements.require_summary = true; }},
    {"guest.device.same",
     [](TestDevice& d) {
       remember(d);
       d.question.before->identity_key.back() ^= 1;
     }},
    {"guest.device.firmware",
     [](TestDevice& d) {
       remember(d);
       d.question.before->measurements[0].measurement.back() ^= 1;
     }},
    {"guest.report.present", nullptr, [](DeviceEvidence& e) { e.report.clear(); }},
    {"guest.report.form", nullptr, [](DeviceEvidence& e) { e.report.push_back(0); }},
    {"guest.report.session", [](TestDevice& d) { d.report_in_session = false; }},
    {"guest.tdi.interface", [](TestDevice& d) { d.interface.bits ^= 1; }},
    {"guest.tdi.state", [](TestDevice& d) { d.state = tdisp::State::kConfigUnlocked; }},
    {"guest.report.no-fw-update", [](TestDevice& d) { d.report.interface_info &= ~tdisp::kInfoNoFwUpdateAfterLock; }},
    {"guest.report.ranges",
     [](TestDevice& d) { std::ranges::rotate(d.report.mmio_ranges, d.report.mmio_ranges.begin() + 1); }},
    {"guest.report.bars", [](TestDevice& d) { --d.report.mmio_ranges[0].page_count; }},
    {"guest.report.attributes", [](TestDevice& d) { d.report.mmio_ranges[0].attributes = tdisp::kRangeIsNonTeeMem; }},
    {"guest.report.msix", [](TestDevice& d) { d.report.mmio_ranges[2].attributes = tdisp::kRangeMsixPba; }},
    {"guest.report.dma", [](TestDevice& d) { d.report.interface_info |= tdisp::kInfoAts; }},
    {"guest.report.controls", [](TestDevice& d) { d.report.tph_control = 1; }},
    {"guest.report.info", [](TestDevice& d) { d.policy.interface.device_info->at(0) ^= 1; }},
};

std::string verdict_of(const Break& b, trust::Defences& defences) {
  TestDevice d;
  if (b.apply) b.apply(d);
  DeviceEvidence evidence = d.evidence();
  if (b.alter) b.alter(evidence);
  return test::verdict(judge(evidence, d.question, d.policy, defences, "vm0"));
}

TEST(Judge, AcceptsAnHonestDevice) {
  TestDevice d;
  trust::Defences defences;
  const Decision decision = d.judged(defences);
  EXPECT_EQ(test::verdict(decision), "accepted");
  EXPECT_EQ(decision.trust, Trust::kInterface);
  EXPECT_EQ(decision.slot, 0);
  EXPECT_EQ(decision.evidence_digest, digest_of(d.evidence()));
  EXPECT_TRUE(decision.teardown.empty());
  EXPECT_EQ(decision.remembered.leaf_key, decision.remembered.identity_key);
}

TEST(Judge, EveryRuleIsBrokenByOneThingAndByNothingElse) {
  for (const Break& b : kBreaks) {
    trust::Defences defences;
    EXPECT_EQ(verdict_of(b, defences), b.id);
  }
}

TEST(Judge, ALiftedDefenceLetsItsOwnBreachPassAndAConformanceRowDoesNot) {
  std::vector<const trust::Defence*> rows;
  collect_device_defences(rows);
  for (const Break& b : kBreaks) {
    const auto row = std::ranges::find(rows, b.id, &trust::Defence::id);
    ASSERT_NE(row, rows.end()) << b.id;
    trust::Defences defences;
    defences.lift(b.id);
    EXPECT_EQ(verdict_of(b, defences), (*row)->kind == trust::Kind::kDefence ? "accepted" : b.id);
  }
}

TEST(Judge, EveryRuleHasABreachAndDetects) {
  std::vector<const trust::Defence*> rows;
  collect_device_defences(rows);
  std::set<std::string_view> broken{"guest.nonce.new"}, ids;  // nonces_test has that one
  for (const Break& b : kBreaks) broken.insert(b.id);
  for (const trust::Defence* row : rows) {
    EXPECT_TRUE(ids.insert(row->id).second) << row->id;
    EXPECT_EQ(row->act, trust::Act::kDetect) << row->id;
  }
  EXPECT_EQ(broken, ids);
}

TEST(Judge, AChallengeProvesAsMuchAsAKeyExchange) {
  TestDevice d;
  d.proof_kind = ProofKind::kChallenge;
  EXPECT_EQ(d.verdict(), "guest.report.session");  // it opens no session, and nobody else vouches for the report
  d.question.tsm = d.tsm_digests(d.evidence());
  EXPECT_EQ(d.verdict(), "accepted");
  d.proof_key = "impostor";
  EXPECT_EQ(d.verdict(), "cma.slot.verified");
}

TEST(Judge, UnsignedMeasurementsNeedTheSessionOfTheProof) {
  TestDevice d;
  d.measurements_signed = false;
  EXPECT_EQ(d.verdict(), "accepted");
  d.proof_kind = ProofKind::kChallenge;
  EXPECT_EQ(d.verdict(), "cma.measurements.signature");
  d.proof_kind = ProofKind::kKeyExchange;
  d.policy.measurements.require_signature = true;
  EXPECT_EQ(d.verdict(), "cma.measurements.signature");
}

TEST(Judge, ASummaryIsOfTheBlocksThatItCovers) {
  TestDevice d;
  d.policy.measurements.require_summary = true;
  for (const ProofKind kind : {ProofKind::kChallenge, ProofKind::kKeyExchange}) {
    d.proof_kind = kind;
    d.policy.interface.require_report = false;
    auto verdict = [&] {
      DeviceEvidence evidence = d.evidence();
      evidence.report.clear();
      trust::Defences defences;
      return test::verdict(judge(evidence, d.question, d.policy, defences, "vm0"));
    };
    d.summary = spdm::kSummaryAll;
    d.summary_hash.reset();
    EXPECT_EQ(verdict(), "accepted");
    d.summary = spdm::kSummaryTcb;
    EXPECT_EQ(verdict(), "cma.measurements.summary");
    d.policy.measurements.tcb_indices = {1};
    d.summary_hash = spdm::measurement_summary(crypto::Digest::kSha384, {d.blocks[0]});
    EXPECT_EQ(verdict(), "accepted");
    d.policy.measurements.tcb_indices = {};
  }
}

TEST(Judge, TheFirstSlotThatVerifiesWinsUnlessOneIsPinned) {
  TestDevice d;
  const PciIdentity& identity = d.question.seen.identity;
  d.slots[0] = test::honest_chain("impostor", "device", identity);
  d.slots[3] = test::honest_chain("vendor", "device", identity);
  d.slots[5] = d.slots[3];
  d.proof_slot = d.measurements_slot = 3;
  trust::Defences defences;
  EXPECT_EQ(choose_slot(d.evidence(), d.question, d.policy, defences), 3);
  EXPECT_EQ(d.judged(defences).slot, 3);
  EXPECT_EQ(d.verdict(), "accepted");

  d.policy.chain.slot = 0;
  EXPECT_EQ(choose_slot(d.evidence(), d.question, d.policy, defences), std::nullopt);
  EXPECT_EQ(d.verdict(), "cma.slot.pinned");  // what came furthest tells most
  d.policy.chain.slot = 5;
  d.proof_slot = d.measurements_slot = 5;
  EXPECT_EQ(d.verdict(), "accepted");
}

TEST(Judge, AnotherTrustedRootWillDoUnlessTheDevicesOwnIsKnown) {
  TestDevice d;
  const test::Chain other = test::honest_chain("other", "device", d.question.seen.identity);
  d.policy.chain.device_root = d.policy.chain.keyring[0].root;
  d.policy.chain.keyring.push_back({.root = test::issue_chain(other).front(), .vendors = {}});
  d.slots[0] = other;
  EXPECT_EQ(d.verdict(), "cma.device.root");
  d.policy.chain.device_root.reset();
  EXPECT_EQ(d.verdict(), "accepted");
}

TEST(Judge, ADeviceThatDoesNotAuthenticateIsAsGoodAsTheHost) {
  TestDevice d;
  d.policy.require_authentication = false;
  trust::Defences defences;
  const Decision decision = judge({}, d.question, d.policy, defences, "vm0");
  EXPECT_EQ(decision.trust, Trust::kUnauthenticated);
  EXPECT_FALSE(decision.slot);
  d.proof_key = "impostor";  // one that claims more is held to it
  EXPECT_EQ(d.verdict(), "cma.slot.verified");
}

TEST(Judge, EvidenceThatTheHostCarriedIsWhatTheSecurityManagerSaw) {
  TestDevice d;
  d.policy.interface.require_tsm_digests = true;
  d.question.tsm = d.tsm_digests(d.evidence());
  EXPECT_EQ(d.verdict(), "accepted");
  for (base::Block<48> TsmDigests::*digest :
       {&TsmDigests::certificates, &TsmDigests::measurements, &TsmDigests::report}) {
    TestDevice other = d;
    ((*other.question.tsm).*digest)[0] ^= 1;
    EXPECT_EQ(other.verdict(), "guest.evidence.digest");
  }
}

TEST(Judge, TheSecurityManagersProofWillDoWhereTheOwnerSaysSo) {
  TestDevice d;
  d.question.asked.proof.reset();
  EXPECT_EQ(d.verdict(), "guest.proof.own");
  d.policy.require_own_proof = false;
  EXPECT_EQ(d.verdict(), "accepted");
  d.measurements_nonce.fill(0xff);  // the guest's own, even so
  EXPECT_EQ(d.verdict(), "guest.nonce.fresh");
}

TEST(Judge, TheHostsWordOnTheStateHasToFitTheDevices) {
  TestDevice d;
  d.question.asked.host_state = tdisp::State::kConfigLocked;
  EXPECT_EQ(d.verdict(), "accepted");
  d.question.asked.host_state = tdisp::State::kRun;
  EXPECT_EQ(d.verdict(), "guest.tdi.state");
  for (const auto state : {tdisp::State::kConfigUnlocked, tdisp::State::kRun, tdisp::State::kError}) {
    TestDevice other;
    other.state = state;
    EXPECT_EQ(other.verdict(), "guest.tdi.state");
  }
}

TEST(Judge, AnAliasLeafMayChangeWithFirmwareAndItsDeviceMayNot) {
  TestDevice d;
  const PciIdentity& identity = d.question.seen.identity;
  d.capabilities |= spdm::kCapAliasCert;
  d.slots[0] = test::alias_chain("vendor", "device", identity);
  remember(d);
  EXPECT_EQ(d.verdict(), "accepted");
  EXPECT_NE(d.question.before->leaf_key, d.question.before->identity_key);

  test::Link& leaf = d.slots[0]->back();
  leaf.key = d.proof_key = d.measurements_key = "device with other firmware";
  EXPECT_EQ(d.verdict(), "guest.device.firmware");
  d.policy.allow_firmware_change = true;
  EXPECT_EQ(d.verdict(), "accepted");

  d.slots[0] = test::alias_chain("vendor", "twin", identity);
  d.proof_key = d.measurements_key = "twin";
  EXPECT_EQ(d.verdict(), "guest.device.same");
}

TEST(Judge, AnAliasLeafDoesNotClaimToBeHardware) {
  TestDevice d;
  d.models[0] = spdm::CertificateModel::kAlias;
  EXPECT_EQ(d.verdict(), "cma.leaf.model");
}

TEST(Judge, AnotherUnitOfTheSameModelIsAnotherDevice) {
  TestDevice d;
  remember(d);
  d.policy.allow_firmware_change = true;
  d.slots[0] = test::honest_chain("vendor", "twin", d.question.seen.identity);
  d.proof_key = d.measurements_key = "twin";
  EXPECT_EQ(d.verdict(), "guest.device.same");
}

TEST(Judge, LettingGoStartsWithWhatTheGuestCanDoAlone) {
  TestDevice d;
  d.question.held = {.session = true,
                     .locked = true,
                     .mmio_mapped = true,
                     .dma_enabled = true,
                     .started = true,
                     .streams_keyed = true};
  d.state = tdisp::State::kError;
  trust::Defences defences;
  const std::vector<Teardown> all = {Teardown::kQuiesceDriver, Teardown::kDisableDma,  Teardown::kUnmapMmio,
                                     Teardown::kScrubBuffers,  Teardown::kStopInterface, Teardown::kStopStreams,
                                     Teardown::kEndSession,    Teardown::kForgetKeys};
  EXPECT_EQ(d.judged(defences).teardown, all);
  std::set<std::string_view> names;
  for (const Teardown step : all) EXPECT_TRUE(names.insert(name_of(step)).second);
  EXPECT_EQ(teardown_of({.session = true}), (std::vector{Teardown::kEndSession, Teardown::kForgetKeys}));
  EXPECT_TRUE(teardown_of({}).empty());
}

// How far the listener hears of slots that were passed over: not at all.
TEST(Judge, ASlotThatWasPassedOverIsNoRefusal) {
  struct Ear : trust::Defences::Listener {
    std::vector<std::string> heard;
    void spoke(const trust::Defence& row, std::string_view at) override {
      heard.push_back(std::string(row.id) + " at " + std::string(at));
    }
    void missed(const trust::Defence& row, std::string_view) override {
      heard.push_back("missed " + std::string(row.id));
    }
  } ear;
  TestDevice d;
  d.slots[1] = d.slots[0];
  d.slots[0] = test::honest_chain("impostor", "device", d.question.seen.identity);
  d.proof_slot = d.measurements_slot = 1;
  trust::Defences defences;
  defences.listen(&ear);
  EXPECT_EQ(d.verdict(defences), "accepted");
  EXPECT_TRUE(ear.heard.empty());
  d.proof_key = "impostor";
  EXPECT_EQ(d.verdict(defences), "cma.slot.verified");
  EXPECT_EQ(ear.heard, std::vector<std::string>{"cma.slot.verified at vm0"});
}

}  // namespace
}  // namespace device_trust
