// What our quoting enclave and our vendor make, read by programs that nobody here wrote: the openssl command, and
// @phala/dcap-qvl under our own root. Each is also shown something bad.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "platform/crypto/der.h"
#include "tests/evidence/tdx/situation.h"

namespace tdx_evidence {
namespace {

// A folder of this test's own.
std::string folder() {
  const char* own = std::getenv("TEST_TMPDIR");
  return own != nullptr ? std::string(own) : testing::TempDir();
}
std::string file(const std::string& name, base::View content) {
  const std::string path = folder() + "/" + name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return path;
}
std::string file(const std::string& name, const std::string& content) { return file(name, base::view_of(content)); }

bool openssl(const std::string& arguments) {
  return std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) == 0;
}
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string out;
  char part[4096];
  while (std::size_t size = std::fread(part, 1, sizeof part, pipe)) out.append(part, size);
  pclose(pipe);
  return out;
}

std::string pem_of_crl(const std::string& name, base::View der) {
  const std::string path = folder() + "/" + name + ".pem";
  EXPECT_TRUE(openssl("crl -inform DER -in " + file(name + ".der", der) + " -out " + path));
  return path;
}

std::string public_key_file(const std::string& name, base::View point) {
  const std::string der = file(name + ".der", crypto::public_key_info(point));
  const std::string path = folder() + "/" + name + ".pub";
  EXPECT_TRUE(openssl("pkey -pubin -inform DER -in " + der + " -pubout -out " + path));
  return path;
}
std::string public_key_file(const std::string& name, const crypto::Certificate& certificate) {
  return public_key_file(name, certificate.public_point().value());
}

bool openssl_verifies(const std::string& key, const tdxproto::RawSignature& signature, base::View message) {
  const auto der = crypto::to_der(crypto::ec_signature_of(signature).value());
  return openssl("dgst -sha256 -verify " + key + " -signature " + file("signature", der) + " " +
                 file("message", message));
}

// ---- openssl ----

class Openssl : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(openssl("version")) << "the openssl program is needed here"; }

  // Whether it verifies the chain in the quote by `root` at that time, against both revocation lists.
  bool verifies_chain(const Situation& s, const crypto::Certificate& root, crypto::CalendarTime at) {
    const auto carried = s.carried();
    const auto quote = tdxproto::read_quote(carried.quote).value();
    const auto bundle = *wire::decode<tdxproto::Collateral>(carried.collateral);
    // The quote's own PEM, as it is: the leaf is its first block, and the rest helps to reach the root.
    const std::string chain = file("chain.pem", quote.certification.data);
    const std::string lists = "cat " + pem_of_crl("root_crl", bundle.root_ca_crl) + " " +
                              pem_of_crl("pck_crl", bundle.pck_crl) + " > " + folder() + "/lists.pem";
    EXPECT_EQ(std::system(lists.c_str()), 0);
    return openssl("verify -crl_check_all -CRLfile " + folder() + "/lists.pem -attime " + std::to_string(at) +
                   " -CAfile " + file("root.pem", root.to_pem()) + " -untrusted " + chain + " " + chain);
  }
};

TEST_F(Openssl, VerifiesTheChainInTheQuoteAgainstBothLists) {
  for (auto authority : {quoting::PckAuthority::kPlatform, quoting::PckAuthority::kProcessor}) {
    Situation s;
    s.platform.authority = s.certified.authority = s.service.authority = authority;
    const quoting::Provisioning vendor, impostor("impostor");
    EXPECT_TRUE(verifies_chain(s, vendor.root(), s.now));
    EXPECT_FALSE(verifies_chain(s, impostor.root(), s.now));
    EXPECT_FALSE(verifies_chain(s, vendor.root(), quoting::pck_not_after() + 1));
    s.service.revoked_platforms = {s.pck_chain()[0].content().serial};
    EXPECT_FALSE(verifies_chain(s, vendor.root(), s.now));
    s.service.revoked_platforms.clear();
    s.service.revoked_authorities = {vendor.ca_of(authority).content().serial};
    EXPECT_FALSE(verifies_chain(s, vendor.root(), s.now));
  }
}

TEST_F(Openssl, VerifiesBothSignaturesOfTheQuote) {
  for (auto version : {tdxproto::kQuoteVersion4, tdxproto::kQuoteVersion5}) {
    const Situation s(version);
    const auto raw = s.carried().quote;
    const auto quote = tdxproto::read_quote(raw).value();
    const std::string attestation = public_key_file("attestation", quote.signature.attestation_key);
    const std::string pck = public_key_file("pck", s.pck_chain()[0]);
    EXPECT_TRUE(openssl_verifies(attestation, quote.signature.signature, quote.signed_bytes));
    EXPECT_TRUE(openssl_verifies(pck, quote.certification.qe_report_signature, quote.qe_report_bytes));
    EXPECT_FALSE(openssl_verifies(pck, quote.signature.signature, quote.signed_bytes));
    auto altered = quote.signed_bytes;
    altered.back() ^= 1;
    EXPECT_FALSE(openssl_verifies(attestation, quote.signature.signature, altered));
    // The parts by the offsets of the format, without our own reader.
    const std::size_t signed_size = version == tdxproto::kQuoteVersion4 ? 632 : 702;
    EXPECT_EQ(base::bytes_of(base::View(raw).first(signed_size)), quote.signed_bytes);
    const base::View behind = base::View(raw).subspan(signed_size + 4);
    EXPECT_EQ(base::bytes_of(behind.subspan(134, 384)), quote.qe_report_bytes);
    // The attestation key's hash, as openssl makes it.
    base::Bytes named = base::bytes_of(behind.subspan(64, 64));
    base::append(named, behind.subspan(134 + 384 + 64 + 2, 32));
    const std::string hash = output_of("openssl dgst -sha256 -r " + file("named", named)).substr(0, 64);
    EXPECT_EQ(hash, base::to_hex(quote.qe_report_bytes).substr(2 * 320, 64));
  }
}

TEST_F(Openssl, VerifiesTheVendorsDocumentsByteByByte) {
  const Situation s;
  const auto bundle = *wire::decode<tdxproto::Collateral>(s.carried().collateral);
  const quoting::Provisioning vendor;
  const std::string key = public_key_file("tcb_signing", vendor.tcb_signing());
  const std::string signer = file("tcb_signing.pem", vendor.tcb_signing().to_pem());
  EXPECT_TRUE(openssl("verify -attime " + std::to_string(s.now) + " -CAfile " +
                      file("root.pem", vendor.root().to_pem()) + " " + signer));
  for (const auto& [member, text] : {std::pair{tdxproto::kTcbInfoMember, bundle.tcb_info},
                                     std::pair{tdxproto::kQeIdentityMember, bundle.qe_identity}}) {
    const auto document = tdxproto::split(member, base::text_of(text)).value();
    EXPECT_TRUE(openssl_verifies(key, document.signature, base::view_of(document.body)));
    EXPECT_FALSE(openssl_verifies(key, document.signature, base::view_of(document.body + " ")));
  }
}

TEST_F(Openssl, ReadsThePckExtension) {
  const Situation s;
  const auto leaf = s.pck_chain()[0];
  const auto* extension = leaf.find_extension(tdxproto::kSgxExtensionOid);
  ASSERT_NE(extension, nullptr);
  const std::string text = output_of("openssl asn1parse -inform DER -in " + file("extension", *extension));
  for (const char* expected : {":1.2.840.113741.1.13.1.1", ":1.2.840.113741.1.13.1.2.17", "INTEGER           :0B",
                               "[HEX DUMP]:03030202040100050000000000000000", "[HEX DUMP]:B0C06F000000", "ENUMERATED"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
}

// ---- @phala/dcap-qvl ----

class DcapQvl : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("GLACIS_NPM") == nullptr) {
      GTEST_SKIP()
          << "the npm packages of tests/evidence/tdx are not installed: `./glacis test` installs them where npm "
             "and its registry are at hand";
    }
  }

  std::string verdict(const Situation& s, const crypto::Certificate& root) {
    const auto carried = s.carried();
    const auto bundle = *wire::decode<tdxproto::Collateral>(carried.collateral);
    const auto tcb_info = tdxproto::split(tdxproto::kTcbInfoMember, base::text_of(bundle.tcb_info)).value();
    const auto qe_identity = tdxproto::split(tdxproto::kQeIdentityMember, base::text_of(bundle.qe_identity)).value();
    const boost::json::object collateral{
        {"pck_crl_issuer_chain", base::text_of(bundle.pck_crl_issuer_chain)},
        {"root_ca_crl", base::to_hex(bundle.root_ca_crl)},
        {"pck_crl", base::to_hex(bundle.pck_crl)},
        {"tcb_info_issuer_chain", base::text_of(bundle.tcb_info_issuer_chain)},
        {"tcb_info", tcb_info.body},
        {"tcb_info_signature", base::to_hex(tcb_info.signature)},
        {"qe_identity_issuer_chain", base::text_of(bundle.qe_identity_issuer_chain)},
        {"qe_identity", qe_identity.body},
        {"qe_identity_signature", base::to_hex(qe_identity.signature)},
    };
    file("quote.bin", carried.quote);
    file("root.der", root.to_der());
    file("collateral.json", boost::json::serialize(collateral));
    return output_of("NODE_PATH=" + std::string(std::getenv("GLACIS_NPM")) +
                     "/node_modules node tests/evidence/tdx/verify_quote.js " + folder() + " " + std::to_string(s.now));
  }
  std::string verdict(const Situation& s) { return verdict(s, quoting::Provisioning().root()); }
};

// What it prints for a quote that it accepts, as our report has it.
std::string accepted(const Situation& s, const std::string& status, const std::string& advisories) {
  const bool is15 = s.version == tdxproto::kQuoteVersion5;
  base::Bytes attributes;
  base::append_le(attributes, s.report.td_info.attributes);
  return "status " + status + "\nadvisories " + advisories + "\ntype " + (is15 ? "td15" : "td10") + "\nmr_td " +
         base::to_hex(s.report.td_info.mr_td) + "\nrtmr0 " + base::to_hex(s.report.td_info.rtmr[0]) + "\nrtmr3 " +
         base::to_hex(s.report.td_info.rtmr[3]) + "\ntd_attributes " + base::to_hex(attributes) + "\nreport_data " +
         base::to_hex(s.report.mac_struct.report_data) + "\ntee_tcb_svn2 " +
         (is15 ? base::to_hex(s.report.tee_tcb_info.tee_tcb_svn2) : "") + "\n";
}

TEST_F(DcapQvl, AcceptsOurQuotesUnderOurRoot) {
  for (auto version : {tdxproto::kQuoteVersion4, tdxproto::kQuoteVersion5}) {
    const Situation s(version);
    EXPECT_EQ(verdict(s), accepted(s, "UpToDate", ""));
  }
}

TEST_F(DcapQvl, FindsTheSameStatusAsTheOwner) {
  Situation s;
  --s.platform.tcb.pce_svn;
  s.certified = s.platform;
  EXPECT_EQ(verdict(s), accepted(s, "OutOfDate", "GLACIS-SA-00001"));
  s.policy.accepted_statuses.insert(tdxproto::TcbStatus::kOutOfDate);
  auto own = s.appraise(s.carried());
  ASSERT_EQ(Situation::verdict(own), "accepted");
  EXPECT_EQ(own->advisories, std::vector<std::string>{"GLACIS-SA-00001"});
}

// What it refuses, the owner refuses too, by the row that says so.
TEST_F(DcapQvl, RefusesWhatTheOwnerRefuses) {
  struct Case {
    std::string row, words;
    void (*apply)(Situation&);
  };
  const Case kCases[] = {
      {"owner.tdx.quote.signature", "ISV enclave report signature is invalid", [](Situation& s) { s.flips = {200}; }},
      {"owner.tdx.qe.key-binding", "QE report hash mismatch",
       [](Situation& s) { s.edit_quote = flip("tdx.QE_REPORT", 320); }},
      {"owner.tdx.qe.signature", "Signature is invalid for qe_report", [](Situation& s) { ++s.certified.tcb.pce_svn; }},
      {"owner.tdx.chain.revoked", "Certificate is revoked",
       [](Situation& s) { s.service.revoked_platforms = {s.pck_chain()[0].content().serial}; }},
      {"owner.tdx.collateral.current", "TCBInfo expired",
       [](Situation& s) { s.service.tcb_info.next_update = s.now - 1; }},
      {"owner.tdx.qe.identity", "QE MRSIGNER mismatch", [](Situation& s) { s.qe.mr_signer[0] ^= 1; }},
      {"owner.tdx.tcb.platform", "Fmspc mismatch", [](Situation& s) { s.service.tcb_info.fmspc[0] ^= 1; }},
      {"owner.tdx.tcb.level", "TCB status is invalid: Revoked",
       [](Situation& s) { s.platform.tcb.components[0] = s.certified.tcb.components[0] = 0; }},
      {"owner.tdx.attributes.debug", "Debug mode is enabled",
       [](Situation& s) { s.report.td_info.attributes |= tdxproto::kAttributesDebug; }},
      {"owner.tdx.service-td", "Invalid mr service td", [](Situation& s) { s.report.td_info.servtd_hash[0] = 1; }},
  };
  for (const Case& c : kCases) {
    Situation s;
    c.apply(s);
    EXPECT_EQ(s.appraised(), c.row);
    const std::string said = verdict(s);
    EXPECT_TRUE(said.starts_with("refused: ")) << said;
    EXPECT_NE(said.find(c.words), std::string::npos) << c.row << ": " << said;
  }
  const Situation s;
  EXPECT_TRUE(verdict(s, quoting::Provisioning("impostor").root()).starts_with("refused: "));
}

}  // namespace
}  // namespace tdx_evidence
