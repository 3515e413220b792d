#include "tsm/sev/keys/key_hierarchy.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "platform/crypto/der.h"

namespace sev {
namespace {

constexpr Tcb kTcb{.bootloader = 3, .tee = 1, .snp = 8, .microcode = 0xd1, .fmc = 2};
constexpr Product kProducts[] = {Product::kMilan, Product::kGenoa, Product::kTurin};

Chip chip_of(Product product) { return Chip::from_seed(product, base::view_of("chip 0")); }
Provider provider() { return Provider::from_seed("glacis-cloud", base::view_of("provider 0")); }
crypto::CalendarTime now() { return crypto::calendar_time(2026, 1, 1); }

std::uint64_t number(const crypto::Certificate& certificate, const char* oid) {
  const base::Bytes* value = certificate.find_extension(oid);
  EXPECT_NE(value, nullptr) << oid;
  return value == nullptr ? ~0ull : crypto::der::read_integer(*value).value_or(~0ull);
}
std::string text(const crypto::Certificate& certificate, const char* oid) {
  const base::Bytes* value = certificate.find_extension(oid);
  EXPECT_NE(value, nullptr) << oid;
  return value == nullptr ? "" : std::string(crypto::der::read_text(crypto::der::kIa5String, *value).value_or("?"));
}

// A folder of this test's own, and the openssl program as the reader that nobody here wrote.
std::string file(const std::string& name, base::View content) {
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = (folder != nullptr ? std::string(folder) : testing::TempDir()) + "/" + name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return path;
}
bool openssl(const std::string& arguments) {
  return std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) == 0;
}

TEST(KeyHierarchy, TheChainHoldsForEveryProduct) {
  for (Product product : kProducts) {
    const KeyHierarchy keys(product);
    const crypto::Certificate vcek = keys.vcek_certificate(chip_of(product), kTcb);
    const crypto::Certificate vlek = keys.vlek_certificate(provider(), kTcb);
    EXPECT_TRUE(issued_by(keys.ark(), keys.ark(), now()));
    EXPECT_TRUE(issued_by(keys.ask(), keys.ark(), now()));
    EXPECT_TRUE(issued_by(keys.asvk(), keys.ark(), now()));
    EXPECT_TRUE(issued_by(vcek, keys.ask(), now()));
    EXPECT_TRUE(issued_by(vlek, keys.asvk(), now()));
    EXPECT_FALSE(issued_by(vcek, keys.asvk(), now()));
    EXPECT_FALSE(issued_by(vlek, keys.ask(), now()));
    EXPECT_FALSE(issued_by(vcek, keys.ask(), endorsement_not_after() + 1));
    EXPECT_EQ(vcek.public_point(), sev::vcek(chip_of(product), kTcb).public_point());
    EXPECT_EQ(vlek.public_point(), sev::vlek(provider(), product, kTcb).public_point());
  }
  EXPECT_FALSE(KeyHierarchy(Product::kGenoa).ask().names_as_issuer(KeyHierarchy(Product::kMilan).ark()));
}

TEST(KeyHierarchy, OnlyARevocationListTellsTheRetiredIntermediateFromTheCurrentOne) {
  const KeyHierarchy keys(Product::kMilan);
  const crypto::Certificate& retired = keys.retired_ask();
  const crypto::Certificate vcek = keys.retired_vcek_certificate(chip_of(Product::kMilan), kTcb);
  EXPECT_TRUE(issued_by(retired, keys.ark(), now()));
  EXPECT_TRUE(issued_by(vcek, retired, now()));
  EXPECT_FALSE(issued_by(vcek, keys.ask(), now()));
  EXPECT_EQ(retired.common_name(), keys.ask().common_name());
  EXPECT_EQ(vcek.public_point(), sev::vcek(chip_of(Product::kMilan), kTcb).public_point());
  const auto list = keys.revocation_list({retired.content().serial}, now(), now() + 1);
  EXPECT_TRUE(list.revokes(retired));
  EXPECT_FALSE(list.revokes(keys.ask()));
  EXPECT_FALSE(list.revokes(keys.asvk()));
}

TEST(KeyHierarchy, NamesAreTheVendorsAndSayEmulated) {
  const KeyHierarchy keys(Product::kMilan);
  EXPECT_EQ(keys.ark().common_name(), "ARK-Milan");
  EXPECT_EQ(keys.ask().common_name(), "SEV-Milan");
  EXPECT_EQ(keys.asvk().common_name(), "SEV-VLEK-Milan");
  const crypto::Certificate vcek = keys.vcek_certificate(chip_of(Product::kMilan), kTcb);
  EXPECT_EQ(vcek.common_name(), "SEV-VCEK");
  EXPECT_EQ(vcek.content().serial, base::Bytes{0});
  EXPECT_EQ(keys.vlek_certificate(provider(), kTcb).common_name(), "SEV-VLEK");
  for (const crypto::Certificate& certificate : {keys.ark(), keys.ask(), keys.asvk(), vcek}) {
    EXPECT_EQ(certificate.content().subject.organization, "Glacis EMULATED - not AMD");
  }
}

TEST(KeyHierarchy, EndorsementsCarryTheTcb) {
  for (Product product : kProducts) {
    const KeyHierarchy keys(product);
    for (const crypto::Certificate& certificate :
         {keys.vcek_certificate(chip_of(product), kTcb), keys.vlek_certificate(provider(), kTcb)}) {
      EXPECT_EQ(number(certificate, oid::kBlSpl), 3u);
      EXPECT_EQ(number(certificate, oid::kTeeSpl), 1u);
      EXPECT_EQ(number(certificate, oid::kSnpSpl), 8u);
      EXPECT_EQ(number(certificate, oid::kUcodeSpl), 0xd1u);
      EXPECT_EQ(number(certificate, oid::kSpl7), 0u);
      EXPECT_EQ(certificate.find_extension(oid::kFmcSpl) != nullptr, product == Product::kTurin);
    }
  }
  const crypto::Certificate turin = KeyHierarchy(Product::kTurin).vcek_certificate(chip_of(Product::kTurin), kTcb);
  EXPECT_EQ(number(turin, oid::kFmcSpl), 2u);
}

TEST(KeyHierarchy, EndorsementsCarryTheChipOrTheProvider) {
  const KeyHierarchy milan(Product::kMilan);
  const crypto::Certificate vcek = milan.vcek_certificate(chip_of(Product::kMilan), kTcb);
  const crypto::Certificate vlek = milan.vlek_certificate(provider(), kTcb);
  EXPECT_EQ(text(vcek, oid::kProductName), "Milan-B0");
  EXPECT_EQ(text(vlek, oid::kProductName), "Milan");
  EXPECT_EQ(text(vlek, oid::kCspId), "glacis-cloud");
  EXPECT_EQ(vlek.find_extension(oid::kHwid), nullptr);
  EXPECT_EQ(vcek.find_extension(oid::kCspId), nullptr);
  EXPECT_EQ(*vcek.find_extension(oid::kHwid), base::bytes_of(base::View(chip_of(Product::kMilan).hwid)));
  const Chip turin = chip_of(Product::kTurin);
  const crypto::Certificate short_id = KeyHierarchy(Product::kTurin).vcek_certificate(turin, kTcb);
  EXPECT_EQ(*short_id.find_extension(oid::kHwid), base::Bytes(turin.hwid.begin(), turin.hwid.begin() + 8));
  EXPECT_EQ(base::Bytes(turin.hwid.begin() + 8, turin.hwid.end()), base::Bytes(56, 0));
}

TEST(KeyHierarchy, ChipsAndTcbsHaveTheirOwnKeys) {
  const Chip chip = chip_of(Product::kMilan);
  const Chip other = Chip::from_seed(Product::kMilan, base::view_of("chip 1"));
  Tcb newer = kTcb;
  ++newer.microcode;
  EXPECT_NE(chip.hwid, other.hwid);
  EXPECT_NE(vcek(chip, kTcb).public_point(), vcek(other, kTcb).public_point());
  EXPECT_NE(vcek(chip, kTcb).public_point(), vcek(chip, newer).public_point());
  EXPECT_NE(vlek(provider(), Product::kMilan, kTcb).public_point(),
            vlek(provider(), Product::kGenoa, kTcb).public_point());
}

TEST(KeyHierarchy, TheRevocationListNamesIntermediates) {
  const KeyHierarchy keys(Product::kMilan);
  const crypto::RevocationList list =
      keys.revocation_list({keys.ask().content().serial}, endorsement_not_before(), endorsement_not_after());
  EXPECT_TRUE(list.signed_by(keys.ark().public_key()) && list.names_as_issuer(keys.ark()));
  EXPECT_TRUE(list.revokes(keys.ask()));
  EXPECT_FALSE(list.revokes(keys.asvk()));
  const std::string ark = file("crl_ark.pem", base::view_of(keys.ark().to_pem()));
  const std::string crl = file("list.der", list.to_der());
  EXPECT_TRUE(openssl("crl -inform DER -in " + crl + " -CAfile " + ark + " -noout"));
}

TEST(KeyHierarchy, OpensslVerifiesTheChain) {
  ASSERT_TRUE(openssl("version")) << "the openssl program is needed here";
  const std::string at = " -attime " + std::to_string(now()) + " ";
  const std::string late = " -attime " + std::to_string(endorsement_not_after() + 1) + " ";
  for (Product product : kProducts) {
    const KeyHierarchy keys(product);
    const std::string ark = file("ark.pem", base::view_of(keys.ark().to_pem()));
    const std::string ask = file("ask.pem", base::view_of(keys.ask().to_pem()));
    const std::string asvk = file("asvk.pem", base::view_of(keys.asvk().to_pem()));
    const std::string vcek = file("vcek.pem", base::view_of(keys.vcek_certificate(chip_of(product), kTcb).to_pem()));
    const std::string vlek = file("vlek.pem", base::view_of(keys.vlek_certificate(provider(), kTcb).to_pem()));
    EXPECT_TRUE(openssl("verify -x509_strict" + at + "-CAfile " + ark + " " + ark));
    EXPECT_TRUE(openssl("verify" + at + "-CAfile " + ark + " -untrusted " + ask + " " + vcek));
    EXPECT_TRUE(openssl("verify" + at + "-CAfile " + ark + " -untrusted " + asvk + " " + vlek));
    EXPECT_TRUE(openssl("verify -partial_chain" + at + "-CAfile " + ask + " " + vcek));
    EXPECT_FALSE(openssl("verify" + at + "-CAfile " + ark + " -untrusted " + asvk + " " + vcek));
    EXPECT_FALSE(openssl("verify" + late + "-CAfile " + ark + " -untrusted " + ask + " " + vcek));
  }
}

TEST(KeyHierarchy, OpensslVerifiesASignatureOfTheVcek) {
  const KeyHierarchy keys(Product::kMilan);
  const Chip chip = chip_of(Product::kMilan);
  crypto::Library library(1);
  const base::Bytes report(0x2a0, 0x77);
  const crypto::EcSignature signature = vcek(chip, kTcb).sign(library, {"psp", "report", 1}, report);
  const std::string pem = file("signer.pem", base::view_of(keys.vcek_certificate(chip, kTcb).to_pem()));
  const std::string key = file("signer.pub", {});
  ASSERT_TRUE(openssl("x509 -in " + pem + " -pubkey -noout -out " + key));
  const std::string signature_file = file("report.sig", crypto::to_der(signature));
  const std::string verify = "dgst -sha384 -verify " + key + " -signature " + signature_file + " ";
  EXPECT_TRUE(openssl(verify + file("report.bin", report)));
  EXPECT_FALSE(openssl(verify + file("altered.bin", base::Bytes(0x2a0, 0x76))));
}

TEST(KeyHierarchy, TheServersChainIsTheIntermediateThenTheRoot) {
  const KeyHierarchy keys(Product::kMilan);
  EXPECT_EQ(crypto::Certificate::from_pem(keys.vcek_chain_pem()), (std::vector{keys.ask(), keys.ark()}));
  EXPECT_EQ(crypto::Certificate::from_pem(keys.vlek_chain_pem()), (std::vector{keys.asvk(), keys.ark()}));
}

}  // namespace
}  // namespace sev
