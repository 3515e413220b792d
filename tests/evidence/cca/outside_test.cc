// What our signers make, read by programs that nobody here wrote: Python's cbor2 takes a token apart and says what was signed, and the
// openssl command checks the signatures over that. Each is also shown something bad.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "platform/crypto/certificate.h"
#include "tests/evidence/cca/situation.h"

namespace cca_evidence {
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
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string out;
  char part[4096];
  while (std::size_t size = std::fread(part, 1, sizeof part, pipe)) out.append(part, size);
  pclose(pipe);
  return out;
}

class Outside : public testing::Test {
 protected:
  void SetUp() override {
    if (output_of("python3 -c 'import cbor2'") != "") GTEST_SKIP() << "Python's cbor2 is not installed";
  }
  std::string read(const Carried& carried) {
    file("token.cbor", carried.token);
    file("endorsement.cbor", carried.endorsement);
    return output_of("python3 tests/evidence/cca/read_token.py " + folder());
  }
  // As the last `read` took it apart.
  bool openssl_verifies(const std::string& part, base::View point) {
    const std::string key = file(part + ".pub", crypto::public_key_info(point));
    return output_of("openssl dgst -sha384 -keyform DER -verify " + key + " -signature " + folder() + "/" + part + ".der " + folder() + "/" + part +
                     ".signed") == "Verified OK\n";
  }
};

TEST_F(Outside, ReadsWhatATokenSays) {
  Situation s;
  EXPECT_EQ(read(s.carried()), "profiles tag:arm.com,2023:cca_platform#1.0.0 tag:arm.com,2023:realm#1.0.0\n"
                               "life cycle 0x3000\n"
                               "components RSE_BL1_2 RSE_BL2 RSE_S AP_BL1 AP_BL2 AP_BL31 RMM HW_CONFIG\n"
                               "instance True\n"
                               "challenge " + base::to_hex(s.realm.challenge) + "\n"
                               "rim sha-256 " + base::to_hex(base::Bytes(32, 0x71)) + "\n"
                               "rems " + base::to_hex(base::View(s.realm.rem[0]).first(4)) + " " +
                               base::to_hex(base::View(s.realm.rem[1]).first(4)) + " 00000000 00000000\n"
                               "key 2 2 48 48\n");
}

TEST_F(Outside, VerifiesAllThreeSignatures) {
  Situation s;
  (void)read(s.carried());
  EXPECT_TRUE(openssl_verifies("platform", s.platform.platform_key().public_point()));
  EXPECT_TRUE(openssl_verifies("realm", s.platform.realm_key().public_point()));
  EXPECT_TRUE(openssl_verifies("endorsement", attestation::Vendor().public_key()));
  EXPECT_FALSE(openssl_verifies("realm", s.platform.platform_key().public_point())) << "another key";
}

TEST_F(Outside, RefusesWhatWasAlteredAfterwards) {
  Situation s;
  s.after = [](ccaproto::Token& token) { token.realm.payload[20] ^= 1; };
  (void)read(s.carried());
  EXPECT_TRUE(openssl_verifies("platform", s.platform.platform_key().public_point()));
  EXPECT_FALSE(openssl_verifies("realm", s.platform.realm_key().public_point()));
}

}  // namespace
}  // namespace cca_evidence
