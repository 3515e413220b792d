// Evidence of ours read by programs that nobody here wrote: python's cbor2 takes it apart, and the openssl command checks the signatures
// and the endorsement. Each is also shown something bad.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/evidence/cove/situation.h"

namespace cove_evidence {
namespace {

std::string folder() {
  const char* own = std::getenv("TEST_TMPDIR");
  return own != nullptr ? std::string(own) : testing::TempDir();
}
std::string file(const std::string& name, base::View content) {
  const std::string path = folder() + "/" + name;
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return path;
}
base::Bytes content(const std::string& name) {
  std::ifstream in(folder() + "/" + name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return base::bytes_of(base::view_of(out.str()));
}
bool openssl(const std::string& arguments) { return std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) == 0; }
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string out;
  char part[4096];
  while (std::size_t size = std::fread(part, 1, sizeof part, pipe)) out.append(part, size);
  pclose(pipe);
  return out;
}
// The distribution's python has the distribution's cbor2.
std::string python() {
  for (const char* one : {"python3", "/usr/bin/python3"})
    if (std::system((std::string(one) + " -c 'import cbor2' >/dev/null 2>&1").c_str()) == 0) return one;
  return "";
}

class Outside : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(openssl("version")) << "the openssl program is needed here";
    if (python().empty()) GTEST_SKIP() << "python3-cbor2 is not installed";
    carried = s.carried();
    read = output_of(python() + " tests/evidence/cove/read_evidence.py " + file("evidence.cbor", carried.certificate) + " " + folder());
  }
  std::string key_of(base::View point) {
    const std::string path = folder() + "/key.pub";
    EXPECT_TRUE(openssl("pkey -pubin -inform DER -in " + file("key.der", crypto::public_key_info(point)) + " -pubout -out " + path));
    return path;
  }
  std::string key_of(const std::string& name) {
    base::Bytes point = content(name + ".x");
    base::append(point, content(name + ".y"));
    return key_of(point);
  }
  // The signature of that token, as cbor2 cut it out.
  bool verifies(const std::string& key, const std::string& token) {
    const auto der = crypto::to_der(crypto::ec_signature_of(content(token + ".sig")).value());
    return openssl("dgst -sha384 -verify " + key + " -signature " + file("signature", der) + " " + folder() + "/" + token + ".tbs");
  }
  Situation s;
  Carried carried;
  std::string read;
};

TEST_F(Outside, Cbor2ReadsEveryClaim) {
  std::string wanted = "https://riscv.org/TBD\nstate 2\ntsm TSM 5\nchallenge " + base::to_hex(s.challenge) + "\nidentity " +
                       base::to_hex(*s.tvm.identity) + "\n";
  for (unsigned i = 0; i < coveproto::kRegisters; ++i)
    wanted += "register " + std::to_string(i) + " " + base::to_hex(s.tvm.registers[i]) + " sha-384\n";
  EXPECT_EQ(read, wanted);
}

TEST_F(Outside, OpensslVerifiesTheChainOfSignatures) {
  const std::string rot = folder() + "/rot.pub";
  const std::string der = file("rot.der", carried.endorsement);
  EXPECT_EQ(std::system(("openssl x509 -inform DER -in " + der + " -pubkey -noout > " + rot).c_str()), 0);
  EXPECT_TRUE(verifies(rot, "platform"));
  EXPECT_FALSE(verifies(rot, "tsm")) << "each layer has a key of its own";
  const std::string platform = key_of("platform_key");
  EXPECT_TRUE(verifies(platform, "tsm"));
  const std::string tsm = key_of("tsm_key");
  EXPECT_TRUE(verifies(tsm, "tvm"));
  EXPECT_TRUE(verifies(tsm, "certificate"));
  auto altered = content("tvm.tbs");
  altered.back() ^= 1;
  (void)file("tvm.tbs", altered);
  EXPECT_FALSE(verifies(tsm, "tvm"));
}

// What openssl makes of the X.509 form: who issued it, for whom, without end, a leaf's issuer at most, and the extension that holds evidence.
TEST_F(Outside, OpensslReadsTheX509Form) {
  s.format = coveproto::kCertificateX509;
  const auto x509 = s.carried();
  const std::string der = file("tvm.der", x509.certificate);
  const std::string text = output_of("openssl x509 -inform DER -noout -text -in " + der);
  const auto tsm = coveproto::key_of(s.platform.tsm_cdi());
  const std::string issuer = coveproto::id_of(tsm.public_point());
  for (const std::string& line : {"Issuer: CN = " + issuer, std::string("Not After : Dec 31 23:59:59 9999 GMT"), std::string("Version: 3 (0x2)"),
                                  std::string("CA:TRUE, pathlen:0"), std::string("Certificate Sign\n"), std::string("2.23.133.5.4.6: critical"),
                                  std::string("Signature Algorithm: ecdsa-with-SHA384")})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  // The TSM's key signed it, as openssl computes.
  const std::string parts = "openssl asn1parse -inform DER -in " + der + " -strparse 4 -noout -out " + folder() + "/tbs";
  EXPECT_EQ(std::system((parts + " >/dev/null 2>&1").c_str()), 0);
  const auto certificate = crypto::Certificate::from_der(x509.certificate);
  ASSERT_TRUE(certificate);
  EXPECT_TRUE(openssl("x509 -inform DER -in " + der + " -out " + folder() + "/tvm.pem"));
  // A certificate that the same key issued for the issuer itself is all that a chain needs.
  crypto::Library library(3);
  crypto::CertificateContent own{.serial = {1}, .subject = {issuer, ""}, .issuer = {issuer, ""}, .not_before = crypto::calendar_time(2020, 1, 1),
                                 .not_after = crypto::calendar_time(2090, 1, 1), .public_key = crypto::public_key_info(tsm.public_point()),
                                 .extensions = {crypto::basic_constraints(true), crypto::key_usage_authority()}};
  const auto root = crypto::issue(own, library, {.actor = "test", .purpose = "root", .count = 0}, tsm);
  const std::string verify = "verify -ignore_critical -attime " + std::to_string(s.now) + " -partial_chain -CAfile ";
  EXPECT_TRUE(openssl(verify + file("tsm.pem", base::view_of(root.to_pem())) + " " + folder() + "/tvm.pem"));
  EXPECT_FALSE(openssl("verify -attime " + std::to_string(s.now) + " -partial_chain -CAfile " + folder() + "/tsm.pem " + folder() + "/tvm.pem"))
      << "whoever does not know the extension may not use the certificate";
  const auto other = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("somebody else"), "key");
  own.public_key = crypto::public_key_info(other.public_point());
  const auto wrong = crypto::issue(own, library, {.actor = "test", .purpose = "root", .count = 1}, other);
  EXPECT_FALSE(openssl(verify + file("wrong.pem", base::view_of(wrong.to_pem())) + " " + folder() + "/tvm.pem"));
}

TEST_F(Outside, OpensslVerifiesTheEndorsement) {
  const auto chain = [&](const attest::Vendor& by) {
    return openssl("verify -attime " + std::to_string(s.now) + " -CAfile " + file("root.pem", base::view_of(by.root().to_pem())) + " " +
                   file("rot.pem", base::view_of(crypto::Certificate::from_der(carried.endorsement)->to_pem())));
  };
  EXPECT_TRUE(chain(attest::Vendor()));
  EXPECT_FALSE(chain(attest::Vendor("impostor")));
}

}  // namespace
}  // namespace cove_evidence
