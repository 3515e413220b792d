#include "platform/protocol/tdx/collateral.h"

#include <gtest/gtest.h>

namespace tdxproto {
namespace {

TcbInfo tcb_info() {
  TcbInfo out;
  out.issue_date = crypto::calendar_time(2025, 6, 19, 10, 16, 3);
  out.next_update = crypto::calendar_time(2025, 7, 19, 10, 16, 3);
  out.fmspc = {0xb0, 0xc0, 0x6f, 0, 0, 0};
  out.tcb_evaluation_data_number = 17;
  out.module_identities = {
      {.id = module_identity_id(3),
       .module = {},
       .levels = {{3, {crypto::calendar_time(2024, 3, 13), TcbStatus::kUpToDate, {}}},
                  {2, {crypto::calendar_time(2023, 8, 9), TcbStatus::kOutOfDate, {"INTEL-SA-01036"}}}}}};
  PlatformTcbLevel level;
  level.sgx_components[0] = {2, "BIOS", "Early Microcode Update"};
  level.sgx_components[3] = {2, "BIOS", ""};
  level.tdx_components[2] = {2, "OS/VMM", "TDX Late Microcode Update"};
  level.pce_svn = 11;
  level.state = {crypto::calendar_time(2018, 1, 4), TcbStatus::kConfigurationNeeded, {"A", "B"}};
  out.levels = {level, level};
  return out;
}

QeIdentity qe_identity() {
  QeIdentity out;
  out.issue_date = crypto::calendar_time(2025, 6, 19);
  out.next_update = crypto::calendar_time(2025, 7, 19);
  out.tcb_evaluation_data_number = 17;
  out.attributes = {0x11};
  out.attributes_mask = {0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  out.mr_signer.fill(0xdc);
  out.isv_prod_id = 2;
  out.levels = {{4, {crypto::calendar_time(2024, 3, 13), TcbStatus::kUpToDate, {}}}};
  return out;
}

// The vendor's spelling, member by member: the text of its QE identity of June 2025, but for the signer.
TEST(Collateral, IsSpelledAsTheVendorSpellsIt) {
  EXPECT_EQ(to_json(qe_identity()),
            R"({"id":"TD_QE","version":2,"issueDate":"2025-06-19T00:00:00Z","nextUpdate":"2025-07-19T00:00:00Z",)"
            R"("tcbEvaluationDataNumber":17,"miscselect":"00000000","miscselectMask":"FFFFFFFF",)"
            R"("attributes":"11000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000",)"
            R"("mrsigner":"DCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDC","isvprodid":2,)"
            R"("tcbLevels":[{"tcb":{"isvsvn":4},"tcbDate":"2024-03-13T00:00:00Z","tcbStatus":"UpToDate"}]})");
  const std::string text = to_json(tcb_info());
  EXPECT_TRUE(text.starts_with(
      R"({"id":"TDX","version":3,"issueDate":"2025-06-19T10:16:03Z","nextUpdate":"2025-07-19T10:16:03Z",)"
      R"("fmspc":"B0C06F000000","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":17,"tdxModule":{"mrsigner":"0000)"))
      << text;
  EXPECT_NE(text.find(R"({"svn":2,"category":"OS/VMM","type":"TDX Late Microcode Update"},{"svn":0})"),
            std::string::npos);
  EXPECT_TRUE(text.ends_with(
      R"("tcbDate":"2018-01-04T00:00:00Z","tcbStatus":"ConfigurationNeeded","advisoryIDs":["A","B"]}]})"))
      << text;
}

TEST(Collateral, IsReadAsItWasWritten) {
  EXPECT_EQ(tcb_info_from_json(to_json(tcb_info())), tcb_info());
  EXPECT_EQ(qe_identity_from_json(to_json(qe_identity())), qe_identity());
}

TEST(Collateral, EveryTruncationAndATailAreRefused) {
  std::string tcb = to_json(tcb_info()), qe = to_json(qe_identity());
  for (std::size_t n = 0; n < tcb.size(); ++n) EXPECT_FALSE(tcb_info_from_json(tcb.substr(0, n))) << n;
  for (std::size_t n = 0; n < qe.size(); ++n) EXPECT_FALSE(qe_identity_from_json(qe.substr(0, n))) << n;
  EXPECT_FALSE(tcb_info_from_json(tcb + " "));
  EXPECT_FALSE(tcb_info_from_json(tcb + "{}"));
}

void replace(std::string& in, std::string_view what, std::string_view with) {
  const auto at = in.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  in.replace(at, what.size(), with);
}

TEST(Collateral, RefusesWhatTwoReadersCouldReadInTwoWays) {
  const std::pair<const char*, const char*> kTricks[] = {
      {R"("version":3,)", R"("version":3,"version":4,)"},  // twice
      {R"("version":3,)", R"("version": 3,)"},
      {R"("version":3,)", R"("version":3.0,)"},
      {R"("version":3,)", R"("version":"3",)"},
      {R"("version":3,)", R"("version":-3,)"},
      {R"("version":3,)", ""},
      {R"("id":"TDX")", R"("id":"\u0054DX")"},
      {R"("svn":2)", R"("svn":256)"},
      {R"("svn":2)", R"("svn":2e0)"},
      {R"("pcesvn":11)", R"("pcesvn":65536)"},
      {R"("UpToDate")", R"("Uptodate")"},
      {R"(2025-06-19T10:16:03Z)", R"(2025-06-31T10:16:03Z)"},
      {R"(2025-06-19T10:16:03Z)", R"(2025-06-19T10:16:03+)"},
      {R"("fmspc":"B0C06F000000")", R"("fmspc":"B0C06F0000")"},
      {R"(,{"svn":0}],"pcesvn")", R"(],"pcesvn")"},  // fifteen components
      {R"("advisoryIDs":["A","B"])", R"("advisoryIDs":["A",1])"},
      {R"("tcbLevels":[{"tcb":{"isvsvn")", R"("tcbLevels":[7,{"tcb":{"isvsvn")"},
  };
  for (auto [what, with] : kTricks) {
    std::string text = to_json(tcb_info());
    replace(text, what, with);
    EXPECT_FALSE(tcb_info_from_json(text)) << with;
  }
}

TEST(Collateral, PassesOverMembersThatItDoesNotKnow) {
  std::string text = to_json(tcb_info());
  replace(text, R"("tcbType":0,)", R"("tcbType":0,"novelty":{"a":[1,true,null]},)");
  EXPECT_EQ(tcb_info_from_json(text), tcb_info());
}

TEST(Collateral, DepthAndSizeHaveLimits) {
  EXPECT_FALSE(tcb_info_from_json(std::string(100'000, '[')));
  EXPECT_FALSE(tcb_info_from_json(std::string(kJsonSizeMax + 1, ' ')));
}

TEST(Collateral, ADocumentIsCutOutByteByByte) {
  SignedJson document{.body = to_json(tcb_info()), .signature = {}};
  document.signature.fill(0xa5);
  const std::string text = join(kTcbInfoMember, document);
  EXPECT_EQ(split(kTcbInfoMember, text), document);
  EXPECT_FALSE(split(kQeIdentityMember, text));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(split(kTcbInfoMember, text.substr(0, n))) << n;
  EXPECT_FALSE(split(kTcbInfoMember, text + "\n"));
  std::string other = text;
  replace(other, R"("signature":"a5)", R"("signature":"g5)");
  EXPECT_FALSE(split(kTcbInfoMember, other));
}

TEST(Collateral, StatusesHaveTheirNames) {
  for (int i = 0; i <= static_cast<int>(TcbStatus::kRevoked); ++i) {
    const auto status = static_cast<TcbStatus>(i);
    EXPECT_EQ(tcb_status_of(name_of(status)), status);
  }
  EXPECT_FALSE(tcb_status_of("Unknown"));
  EXPECT_EQ(name_of(TcbStatus::kConfigurationAndSwHardeningNeeded), "ConfigurationAndSWHardeningNeeded");
  EXPECT_EQ(module_identity_id(0x1a), "TDX_1A");
}

TEST(Collateral, TheBundleRefusesTruncationATailAndLyingSizes) {
  Collateral bundle;
  bundle.root_ca_crl = {1, 2, 3};
  bundle.qe_identity = base::bytes_of("{}");
  auto raw = wire::encode(sized(bundle));
  EXPECT_EQ(*wire::decode<Collateral>(raw), sized(bundle));
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<Collateral>(base::View(raw).first(n))) << n;
  raw.push_back(0);
  EXPECT_FALSE(wire::decode<Collateral>(raw));
  raw.pop_back();
  raw[7] = 0x7f;  // two gigabytes of chain
  EXPECT_FALSE(wire::decode<Collateral>(raw));
}

}  // namespace
}  // namespace tdxproto
