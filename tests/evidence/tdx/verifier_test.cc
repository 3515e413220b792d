// The owner's appraisal of a TD quote, row by row, against evidence that our quoting enclave and our vendor made.
#include "guest/relying_party/tdx_verifier.h"

#include <gtest/gtest.h>

#include <set>

#include "guest/relying_party/tdx_rules.h"
#include "tests/evidence/tdx/situation.h"

namespace tdx_evidence {
namespace {

using tdxproto::TcbStatus;

// What breaks one row and no other.
struct Break {
  std::string_view id;
  void (*apply)(Situation&);
};
const Break kBreaks[] = {
    {"owner.tdx.quote.format", [](Situation& s) { s.report.td_info.attributes |= 1ull << 20; }},
    {"owner.tdx.chain.root", [](Situation& s) { s.vendor = s.tcb_vendor = "impostor"; }},
    {"owner.tdx.chain.signatures", [](Situation& s) { s.now = quoting::pck_not_after() + 1; }},
    {"owner.tdx.chain.revoked",
     [](Situation& s) { s.service.revoked_platforms = {s.pck_chain()[0].content().serial}; }},
    {"owner.tdx.qe.signature", [](Situation& s) { --s.platform.tcb.pce_svn; }},
    {"owner.tdx.qe.key-binding", [](Situation& s) { s.edit_quote = flip("tdx.QE_REPORT", 320); }},
    {"owner.tdx.quote.signature", [](Situation& s) { s.flips = {28}; }},
    {"owner.tdx.collateral.signatures",
     [](Situation& s) { s.service.revoked_authorities = {quoting::Provisioning().tcb_signing().content().serial}; }},
    {"owner.tdx.collateral.current", [](Situation& s) { ++s.policy.minimum_tcb_evaluation_data_number; }},
    {"owner.tdx.qe.identity", [](Situation& s) { s.qe.mr_signer[0] ^= 1; }},
    {"owner.tdx.qe.level", [](Situation& s) { --s.qe.isv_svn; }},
    {"owner.tdx.tcb.platform", [](Situation& s) { s.service.tcb_info.fmspc[0] ^= 1; }},
    {"owner.tdx.tcb.module", [](Situation& s) { s.report.tee_tcb_info.mr_signer_seam[0] = 1; }},
    {"owner.tdx.tcb.level", [](Situation& s) { --s.report.tee_tcb_info.tee_tcb_svn[0]; }},
    {"owner.tdx.platform.allow-list", [](Situation& s) { s.policy.platforms->clear(); }},
    {"owner.tdx.attributes.debug", [](Situation& s) { s.report.td_info.attributes |= tdxproto::kAttributesDebug; }},
    {"owner.tdx.attributes.sept-ve-disable",
     [](Situation& s) { s.report.td_info.attributes &= ~tdxproto::kAttributesSeptVeDisable; }},
    {"owner.tdx.attributes.migratable",
     [](Situation& s) { s.report.td_info.attributes |= tdxproto::kAttributesMigratable; }},
    {"owner.tdx.service-td", [](Situation& s) { s.report.td_info.servtd_hash[47] = 1; }},
    {"owner.tdx.xfam", [](Situation& s) { s.report.td_info.xfam |= 1ull << 62; }},
    {"owner.tdx.mrtd", [](Situation& s) { s.report.td_info.mr_td[47] ^= 1; }},
    {"owner.tdx.mrconfigid", [](Situation& s) { s.report.td_info.mr_config_id[0] ^= 1; }},
    {"owner.tdx.mrowner", [](Situation& s) { s.report.td_info.mr_owner_config[0] ^= 1; }},
    {"owner.tdx.rtmr.values", [](Situation& s) { s.report.td_info.rtmr[3][0] = 1; }},
    {"owner.tdx.rtmr.replay", [](Situation& s) { s.report.td_info.rtmr[2][0] ^= 1; }},
    {"owner.tdx.rtmr.events",
     [](Situation& s) {
       s.log.events.push_back(tdxproto::event_of(3, tdxproto::kEventIpl, base::view_of("a module more")));
       s.report.td_info.rtmr = tdxproto::replay(s.log);
     }},
    {"owner.tdx.report-data", [](Situation& s) { s.report.mac_struct.report_data[63] ^= 1; }},
};

TEST(TdxVerifier, AcceptsHonestEvidenceOfBothVersionsAndBothAuthorities) {
  for (auto version : {tdxproto::kQuoteVersion4, tdxproto::kQuoteVersion5}) {
    for (auto authority : {quoting::PckAuthority::kPlatform, quoting::PckAuthority::kProcessor}) {
      Situation s(version);
      s.platform.authority = s.certified.authority = s.service.authority = authority;
      auto result = s.appraise(s.carried());
      ASSERT_EQ(Situation::verdict(result), "accepted") << version;
      EXPECT_EQ(result->status, TcbStatus::kUpToDate);
      EXPECT_TRUE(result->advisories.empty());
      EXPECT_EQ(result->ppid, s.platform.ppid);
      EXPECT_EQ(result->quote.body.rtmr, s.report.td_info.rtmr);
      EXPECT_EQ(result->quote.has_body15(), version == tdxproto::kQuoteVersion5);
    }
  }
}

TEST(TdxVerifier, EveryRowIsBrokenByOneThingAndByNothingElse) {
  for (const auto& [id, apply] : kBreaks) {
    Situation s;
    apply(s);
    EXPECT_EQ(s.appraised(), id);
  }
}

TEST(TdxVerifier, EveryRowHasABreachAndDetects) {
  std::set<std::string_view> broken, rules;
  for (const auto& b : kBreaks) broken.insert(b.id);
  for (const auto& rule : relying_party::kTdxRules) {
    rules.insert(rule.defence.id);
    EXPECT_EQ(rule.defence.act, trust::Act::kDetect);
    EXPECT_FALSE(std::string_view(rule.defence.clause).empty());
  }
  EXPECT_EQ(broken, rules);
  EXPECT_EQ(rules.size(), std::size(relying_party::kTdxRules));
}

// A breach is that row's alone: when its own row is skipped, no other row minds. Rows that look at whole chains and
// dates are broken by things that others look at too, and are named.
TEST(TdxVerifier, ABreachIsOneRowsAlone) {
  const std::set<std::string_view> kShared = {"owner.tdx.chain.signatures"};
  for (const auto& [id, apply] : kBreaks) {
    if (kShared.contains(id)) continue;
    Situation s;
    apply(s);
    const auto carried = s.carried();
    relying_party::TdxCase c{.policy = s.policy,
                             .expected_report_data = s.expected,
                             .now = s.now,
                             .quote = tdxproto::read_quote(carried.quote),
                             .endorsement = {},
                             .log = {}};
    ASSERT_TRUE(c.quote) << id;
    c.endorsement = relying_party::read_endorsement(*c.quote, carried.collateral);
    if (auto log = tdxproto::decode_event_log(carried.event_log)) c.log = *log;
    for (const auto& rule : relying_party::kTdxRules) EXPECT_EQ(rule.holds(c), rule.defence.id != id) << id;
  }
}

TEST(TdxVerifier, ListsEveryRowForWhoeverCollectsThem) {
  std::vector<const trust::Defence*> all;
  relying_party::collect_tdx_defences(all);
  EXPECT_EQ(all.size(), std::size(relying_party::kTdxRules));
}

TEST(TdxVerifier, WithoutARootOrAnMrtdNothingIsAccepted) {
  Situation s;
  s.policy.root.reset();
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.root");
  Situation t;
  t.policy.mr_tds.clear();
  EXPECT_EQ(t.appraised(), "owner.tdx.mrtd");
}

TEST(TdxVerifier, AnotherVendorsWorldIsNotThisOwners) {
  Situation s;
  s.vendor = s.tcb_vendor = "impostor";
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.root");
  Situation documents_only;
  documents_only.tcb_vendor = "impostor";
  documents_only.policy.require_revocation_lists = false;
  EXPECT_EQ(documents_only.appraised(), "owner.tdx.collateral.signatures");
}

TEST(TdxVerifier, NeedsCurrentListsOfRootAndAuthority) {
  Situation s;
  s.service.crl_next_update = s.now - 1;
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.revoked");
  s.policy.require_revocation_lists = false;
  EXPECT_EQ(s.appraised(), "accepted");
  s.service.revoked_authorities = {quoting::Provisioning().platform_ca().content().serial};
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.revoked");
}

TEST(TdxVerifier, TheOwnersListsCountBesideTheHosts) {
  Situation s;
  const quoting::Provisioning vendor;
  const auto leaf = s.pck_chain()[0].content().serial;
  s.policy.pck_crl = vendor.pck_crl(quoting::PckAuthority::kPlatform, {leaf}, s.now - 1, s.now + 1);
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.revoked");
  // A list of the other authority says nothing on this leaf.
  s.policy.pck_crl = vendor.pck_crl(quoting::PckAuthority::kProcessor, {leaf}, s.now - 1, s.now + 1);
  EXPECT_EQ(s.appraised(), "accepted");
  s.policy.root_ca_crl = vendor.root_crl({vendor.platform_ca().content().serial}, s.now - 1, s.now + 1);
  EXPECT_EQ(s.appraised(), "owner.tdx.chain.revoked");
}

TEST(TdxVerifier, DocumentsOfAnotherDayAreRefused) {
  for (auto now : {crypto::calendar_time(2026, 5, 19), crypto::calendar_time(2026, 6, 21)}) {
    Situation s;
    s.service.crl_this_update = crypto::calendar_time(2026, 1, 1);
    s.service.crl_next_update = crypto::calendar_time(2027, 1, 1);
    s.now = now;
    EXPECT_EQ(s.appraised(), "owner.tdx.collateral.current");
  }
}

TEST(TdxVerifier, EachComponentOfALevelCounts) {
  const std::size_t components = 8;  // the first ones are above zero
  for (std::size_t i = 0; i < components; ++i) {
    Situation s;
    if (s.platform.tcb.components[i] == 0) continue;
    --s.platform.tcb.components[i];
    for (auto& more : s.platform.tcb.components)
      if (&more != &s.platform.tcb.components[i]) ++more;
    s.certified = s.platform;
    EXPECT_EQ(s.appraised(), "owner.tdx.tcb.level") << i;
    s.policy.accepted_statuses.insert(TcbStatus::kOutOfDate);
    EXPECT_EQ(s.appraised(), "accepted") << i;
  }
  Situation pce;
  --pce.platform.tcb.pce_svn;
  pce.certified = pce.platform;
  EXPECT_EQ(pce.appraised(), "owner.tdx.tcb.level");
}

TEST(TdxVerifier, AStatusIsTheOwnersToAccept) {
  for (auto status : {TcbStatus::kSwHardeningNeeded, TcbStatus::kConfigurationNeeded, TcbStatus::kOutOfDate,
                      TcbStatus::kOutOfDateConfigurationNeeded, TcbStatus::kRevoked}) {
    Situation s;
    s.service.tcb_info.levels[0].state.status = status;
    s.service.tcb_info.levels[0].state.advisories = {"GLACIS-SA-00007"};
    EXPECT_EQ(s.appraised(), "owner.tdx.tcb.level") << name_of(status);
    s.policy.accepted_statuses = {status};
    s.service.qe_identity.levels[0].state.status = status;
    s.service.tcb_info.module_identities[0].levels[0].state.status = TcbStatus::kUpToDate;
    auto result = s.appraise(s.carried());
    ASSERT_EQ(Situation::verdict(result), "accepted");
    EXPECT_EQ(result->status, status);
    EXPECT_EQ(result->advisories, std::vector<std::string>{"GLACIS-SA-00007"});
  }
}

TEST(TdxVerifier, NoLevelAtAllIsNoLevel) {
  Situation s;
  s.service.tcb_info.levels.resize(1);
  --s.platform.tcb.components[0];
  s.certified = s.platform;
  s.policy.accepted_statuses = {TcbStatus::kUpToDate, TcbStatus::kOutOfDate, TcbStatus::kRevoked};
  EXPECT_EQ(s.appraised(), "owner.tdx.tcb.level");
}

TEST(TdxVerifier, TheModuleThatRunsNowCountsAsTheOneThatBuiltTheTd) {
  Situation s;
  --s.report.tee_tcb_info.tee_tcb_svn2[0];
  EXPECT_EQ(s.appraised(), "owner.tdx.tcb.level");
  s.version = tdxproto::kQuoteVersion4;  // does not say
  EXPECT_EQ(s.appraised(), "accepted");
}

TEST(TdxVerifier, AModuleOfAnUnknownMajorVersionIsNobodys) {
  Situation s;
  s.report.tee_tcb_info.tee_tcb_svn[1] = s.report.tee_tcb_info.tee_tcb_svn2[1] = 9;
  EXPECT_EQ(s.appraised(), "owner.tdx.tcb.module");
}

TEST(TdxVerifier, ADebuggedQuotingEnclaveIsRefused) {
  Situation s;
  s.qe.attributes[0] |= tdxproto::kEnclaveAttributesDebug;
  s.service.qe_identity.attributes_mask[0] &= 0xfd;  // even where the vendor does not ask
  EXPECT_EQ(s.appraised(), "owner.tdx.qe.identity");
}

TEST(TdxVerifier, AQuotesPlatformIsTheOneCertified) {
  // The chain of another platform, which a host that has several can put in its place.
  Situation s;
  s.certified = quoting::Platform::from_seed(base::view_of("platform 1"), s.platform.tcb);
  s.policy.platforms->insert(s.certified.ppid);
  EXPECT_EQ(s.appraised(), "owner.tdx.qe.signature");
}

TEST(TdxVerifier, EventsComeInTheirOrderOnceAndWithNoOthers) {
  using tdxproto::event_of;
  Situation s;
  std::swap(s.log.events[3], s.log.events[4]);
  s.report.td_info.rtmr = tdxproto::replay(s.log);
  EXPECT_EQ(s.appraised(), "owner.tdx.rtmr.events");

  Situation twice;
  twice.log.events.push_back(twice.log.events[4]);
  twice.report.td_info.rtmr = tdxproto::replay(twice.log);
  EXPECT_EQ(twice.appraised(), "owner.tdx.rtmr.events");
  twice.policy.rtmrs[2].events->allowed = {twice.log.events[4].digest};
  EXPECT_EQ(twice.appraised(), "accepted");

  Situation missing;
  missing.log.events.pop_back();
  missing.report.td_info.rtmr = tdxproto::replay(missing.log);
  EXPECT_EQ(missing.appraised(), "owner.tdx.rtmr.events");

  Situation remark;
  auto no_action = event_of(3, tdxproto::kEventNoAction, base::view_of("a remark"));
  remark.log.events.insert(remark.log.events.begin(), no_action);
  EXPECT_EQ(remark.appraised(), "accepted");
}

TEST(TdxVerifier, WithoutALogNoEventIsBelieved) {
  Situation s;
  auto carried = s.carried();
  carried.event_log.clear();
  EXPECT_EQ(Situation::verdict(s.appraise(carried)), "owner.tdx.rtmr.replay");
  s.policy.rtmrs[2].events.reset();
  EXPECT_EQ(Situation::verdict(s.appraise(carried)), "accepted");
}

TEST(TdxVerifier, AnAlteredLogDoesNotReplay) {
  Situation s;
  const auto carried = s.carried();
  auto log = s.log;
  log.events[4].data[0] ^= 1;  // data is not what is extended
  auto data = carried, digest = carried;
  data.event_log = tdxproto::encode_event_log(log);
  EXPECT_EQ(Situation::verdict(s.appraise(data)), "accepted");
  log.events[4].digest[0] ^= 1;
  digest.event_log = tdxproto::encode_event_log(log);
  EXPECT_EQ(Situation::verdict(s.appraise(digest)), "owner.tdx.rtmr.replay");
}

TEST(TdxVerifier, RefusesEveryTruncationOfTheQuote) {
  const Situation s;
  auto carried = s.carried();
  const auto good = carried.quote;
  for (std::size_t n = 0; n < good.size(); ++n) {
    carried.quote = base::bytes_of(base::View(good).first(n));
    ASSERT_EQ(Situation::verdict(s.appraise(carried)), "owner.tdx.quote.format") << n;
  }
  carried.quote = good;
  carried.quote.push_back(1);
  EXPECT_EQ(Situation::verdict(s.appraise(carried)), "owner.tdx.quote.format");
}

// A text around PEM's own lines, and the case of its digits, mean nothing; everything else does.
TEST(TdxVerifier, NoByteOfAQuoteCanBeAlteredUnseen) {
  const Situation s;
  auto carried = s.carried();
  const auto good = carried.quote;
  const std::size_t pem = base::text_of(good).find("-----BEGIN");
  for (std::size_t at = 0; at < good.size(); ++at) {
    carried.quote = good;
    carried.quote[at] ^= 0x80;
    const std::string said = Situation::verdict(s.appraise(carried));
    if (at < pem) {
      ASSERT_NE(said, "accepted") << at;
    } else if (said == "accepted") {
      const auto read = tdxproto::read_quote(carried.quote).value(), was = tdxproto::read_quote(good).value();
      EXPECT_EQ(relying_party::read_endorsement(read, {}).pck.leaf, relying_party::read_endorsement(was, {}).pck.leaf);
    }
  }
}

TEST(TdxVerifier, RefusesEveryTruncationOfTheCollateral) {
  const Situation s;
  auto carried = s.carried();
  const auto good = carried.collateral;
  for (std::size_t n = 0; n < good.size(); n += n < 64 ? 1 : 13) {
    carried.collateral = base::bytes_of(base::View(good).first(n));
    ASSERT_EQ(Situation::verdict(s.appraise(carried)), "owner.tdx.chain.revoked") << n;
  }
}

TEST(TdxVerifier, NoByteOfTheVendorsDocumentsCanBeAltered) {
  const Situation s;
  auto carried = s.carried();
  const auto good = *wire::decode<tdxproto::Collateral>(carried.collateral);
  for (auto document : {&tdxproto::Collateral::tcb_info, &tdxproto::Collateral::qe_identity}) {
    for (std::size_t at = 0; at < (good.*document).size(); at += 3) {
      auto bundle = good;
      (bundle.*document)[at] ^= 0x01;
      carried.collateral = wire::encode(bundle);
      ASSERT_EQ(Situation::verdict(s.appraise(carried)), "owner.tdx.collateral.signatures") << at;
    }
  }
}

}  // namespace
}  // namespace tdx_evidence
