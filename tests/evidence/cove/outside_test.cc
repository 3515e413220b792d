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
