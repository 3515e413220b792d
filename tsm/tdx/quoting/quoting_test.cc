#include <gtest/gtest.h>

#include <set>

#include "platform/crypto/hash.h"
#include "tsm/tdx/quoting/provisioning.h"
#include "tsm/tdx/quoting/quoting_enclave.h"

namespace quoting {
namespace {

constexpr tdxproto::PlatformTcb kTcb{.components = {3, 3, 2, 2, 4, 1, 0, 5}, .pce_svn = 11};

Platform platform(std::string_view seed = "platform 0") { return Platform::from_seed(base::view_of(seed), kTcb); }
crypto::CalendarTime now() { return crypto::calendar_time(2026, 6, 1); }

tdxproto::Report report() {
  tdxproto::Report out;
  out.td_info.mr_td.fill(0x7d);
  out.mac_struct.report_data.fill(0xda);
  return out;
}

struct Enclave {
  crypto::Library library{1};
  QuotingEnclave enclave{library, platform(), Provisioning().pck_chain(platform())};
};

TEST(ReportKey, SealsWithTheHashesOfBothStructures) {
  const auto raw = platform().report_key().seal(report());
  const auto sealed = wire::decode<tdxproto::Report>(raw);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->mac_struct.cpu_svn, kTcb.components);
  EXPECT_EQ(sealed->mac_struct.tee_info_hash, crypto::sha384(base::View(raw).subspan(512, 512)));
  EXPECT_EQ(sealed->mac_struct.tee_tcb_info_hash, crypto::sha384(base::View(raw).subspan(256, 239)));
  EXPECT_EQ(sealed->mac_struct.report_data, report().mac_struct.report_data);
  EXPECT_TRUE(platform().report_key().verifies(*sealed));
}

TEST(ReportKey, NoByteOfAReportCanBeAltered) {
  const auto good = platform().report_key().seal(report());
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto raw = good;
    raw[at] ^= 1;
    const auto altered = wire::decode<tdxproto::Report>(raw);
    EXPECT_FALSE(altered && platform().report_key().verifies(*altered)) << at;
  }
}

TEST(ReportKey, AReportIsOfOneCpu) {
  const auto sealed = wire::decode<tdxproto::Report>(platform().report_key().seal(report()));
  EXPECT_FALSE(platform("platform 1").report_key().verifies(*sealed));
}

TEST(ReportKey, TheMacAloneSaysNothingOnTheStructuresBehindIt) {
  auto sealed = *wire::decode<tdxproto::Report>(platform().report_key().seal(report()));
  sealed.td_info.mr_td[0] ^= 1;
  EXPECT_TRUE(platform().report_key().verifies(sealed.mac_struct));
  EXPECT_FALSE(platform().report_key().verifies(sealed));
  sealed.mac_struct.mac[31] ^= 1;
  EXPECT_FALSE(platform().report_key().verifies(sealed.mac_struct));
}

TEST(ReportKey, AnEditorIsInFrontOfTheMac) {
  const auto raw = platform().report_key().seal(report(), [](std::string_view name, base::Bytes& bytes) {
    EXPECT_EQ(name, "tdx.REPORT");
    bytes[128] = 0x77;
  });
  const auto sealed = wire::decode<tdxproto::Report>(raw);
  EXPECT_EQ(sealed->mac_struct.report_data[0], 0x77);
  EXPECT_TRUE(platform().report_key().verifies(*sealed));
}

TEST(QuotingEnclave, QuotesReportsOfItsOwnCpuOnly) {
  Enclave e;
  const auto own = platform().report_key().seal(report());
  EXPECT_TRUE(e.enclave.quote(own, 4));
  EXPECT_TRUE(e.enclave.quote(own, 5));
  EXPECT_FALSE(e.enclave.quote(own, 3));
  EXPECT_FALSE(e.enclave.quote(platform("platform 1").report_key().seal(report()), 4));
  for (std::size_t size : {0u, 1u, 1023u}) EXPECT_FALSE(e.enclave.quote(base::View(own).first(size), 4));
  auto altered = own;
  altered[528] ^= 1;  // MRTD
  EXPECT_FALSE(e.enclave.quote(altered, 4));
}

TEST(QuotingEnclave, SaysWhatTheReportSaysAndWhoItIs) {
  Enclave e;
  const auto quote = tdxproto::read_quote(*e.enclave.quote(platform().report_key().seal(report()), 5));
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->content.body.mr_td, report().td_info.mr_td);
  EXPECT_EQ(quote->content.body.report_data, report().mac_struct.report_data);
  EXPECT_EQ(quote->signature.attestation_key, e.enclave.attestation_key());
  EXPECT_EQ(quote->certification.qe_report.mr_signer, quoting_enclave_identity().mr_signer);
  EXPECT_EQ(quote->certification.qe_report.report_data,
            tdxproto::key_binding(e.enclave.attestation_key(), quote->certification.auth_data));
  EXPECT_EQ(quote->certification.data.back(), 0);
}

TEST(QuotingEnclave, TheSameReportsGiveTheSameQuotes) {
  const auto own = platform().report_key().seal(report());
  Enclave one, other;
  const auto first = one.enclave.quote(own, 5), second = one.enclave.quote(own, 5);
  EXPECT_EQ(first, other.enclave.quote(own, 5));
  EXPECT_EQ(second, other.enclave.quote(own, 5));
  EXPECT_NE(first, second);  // no two signatures are alike
}

// Even what no longer is a message is signed as it stands.
TEST(QuotingEnclave, AnEditorIsInFrontOfEachSignature) {
  Enclave e;
  std::vector<std::string> seen;
  const auto raw =
      e.enclave.quote(platform().report_key().seal(report()), 5, [&](std::string_view name, base::Bytes& bytes) {
        seen.emplace_back(name);
        bytes[name == "tdx.QE_REPORT" ? 20 : 0] = 0x77;  // reserved; the version
      });
  EXPECT_EQ(seen, (std::vector<std::string>{"tdx.QE_REPORT", "tdx.QUOTE_CONTENT"}));
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->at(0), 0x77);
  EXPECT_FALSE(tdxproto::read_quote(*raw));
  const base::View signature = base::View(*raw).subspan(702 + 4, 64);
  EXPECT_TRUE(crypto::ec_verify(e.enclave.attestation_key(), base::View(*raw).first(702),
                                crypto::ec_signature_of(signature).value()));
}

TEST(Provisioning, CertifiesEachPlatformAndTcbForItself) {
  const Provisioning vendor;
  const auto chain = vendor.pck_chain(platform());
  ASSERT_EQ(chain.size(), 3u);
  EXPECT_TRUE(crypto::issued_by(chain[0], chain[1], now()));
  EXPECT_TRUE(crypto::issued_by(chain[1], chain[2], now()));
  EXPECT_TRUE(crypto::issued_by(chain[2], chain[2], now()));
  EXPECT_TRUE(crypto::issued_by(vendor.tcb_signing(), vendor.root(), now()));
  EXPECT_EQ(chain[0].public_point(), platform().pck_key().public_point());
  const auto* extension = chain[0].find_extension(tdxproto::kSgxExtensionOid);
  ASSERT_NE(extension, nullptr);
  EXPECT_EQ(tdxproto::decode_pck_extension(*extension), platform().pck_extension());

  Platform patched = platform(), other = platform("platform 1");
  ++patched.tcb.pce_svn;
  std::set<base::Bytes> keys, serials;
  for (const Platform& one : {platform(), patched, other}) {
    keys.insert(vendor.pck_certificate(one).public_point().value());
    serials.insert(vendor.pck_certificate(one).content().serial);
  }
  for (const auto* one : {&vendor.root(), &vendor.platform_ca(), &vendor.processor_ca(), &vendor.tcb_signing()})
    serials.insert(one->content().serial);
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(serials.size(), 7u);  // all of them: readers look a serial number up in every list
}

TEST(Provisioning, NamesAreTheVendorsAndSayEmulated) {
  const Provisioning vendor;
  EXPECT_EQ(vendor.root().common_name(), "Intel SGX Root CA");
  EXPECT_EQ(vendor.platform_ca().common_name(), "Intel SGX PCK Platform CA");
  EXPECT_EQ(vendor.processor_ca().common_name(), "Intel SGX PCK Processor CA");
  EXPECT_EQ(vendor.tcb_signing().common_name(), "Intel SGX TCB Signing");
  const auto leaf = vendor.pck_certificate(platform());
  EXPECT_EQ(leaf.common_name(), "Intel SGX PCK Certificate");
  for (const auto* one : {&vendor.root(), &vendor.platform_ca(), &vendor.processor_ca(), &vendor.tcb_signing(), &leaf})
    EXPECT_EQ(one->content().subject.organization, "Glacis EMULATED - not Intel");
}

TEST(Provisioning, ASecondVendorHasOtherKeysAndTheSameNames) {
  const Provisioning vendor, impostor("impostor");
  EXPECT_EQ(vendor.root().common_name(), impostor.root().common_name());
  EXPECT_NE(vendor.root().public_key(), impostor.root().public_key());
  EXPECT_TRUE(impostor.platform_ca().names_as_issuer(vendor.root()));
  EXPECT_FALSE(impostor.platform_ca().signed_by(vendor.root().public_key()));
}

TEST(Provisioning, ListsWhatItTakesBack) {
  const Provisioning vendor;
  const auto leaf = vendor.pck_certificate(platform());
  const auto list = vendor.pck_crl(PckAuthority::kPlatform, {leaf.content().serial}, now(), now() + 1);
  EXPECT_TRUE(list.names_as_issuer(vendor.platform_ca()) && list.signed_by(vendor.platform_ca().public_key()));
  EXPECT_TRUE(list.revokes(leaf));
  EXPECT_FALSE(vendor.pck_crl(PckAuthority::kProcessor, {leaf.content().serial}, now(), now() + 1).revokes(leaf));
  EXPECT_TRUE(vendor.root_crl({vendor.platform_ca().content().serial}, now(), now()).revokes(vendor.platform_ca()));
}

TEST(Service, AnEditorIsInFrontOfTheVendorsSignature) {
  const auto service = Service::for_platform(platform(), {6, 1}, now(), now() + 100);
  const auto collateral = service.collateral(Provisioning(), [](std::string_view name, base::Bytes& bytes) {
    if (name == "tdx.QE_IDENTITY") bytes = base::bytes_of("{}");
  });
  const auto qe = tdxproto::split(tdxproto::kQeIdentityMember, base::text_of(collateral.qe_identity));
  ASSERT_TRUE(qe);
  EXPECT_EQ(qe->body, "{}");
  EXPECT_TRUE(crypto::ec_verify(Provisioning().tcb_signing().public_point().value(), base::view_of("{}"),
                                crypto::ec_signature_of(qe->signature).value()));
  const auto tcb = tdxproto::split(tdxproto::kTcbInfoMember, base::text_of(collateral.tcb_info));
  ASSERT_TRUE(tcb);
  EXPECT_EQ(tdxproto::tcb_info_from_json(tcb->body), service.tcb_info);
}

}  // namespace
}  // namespace quoting
