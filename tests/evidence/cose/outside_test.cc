// Our COSE_Sign1 and COSE_Key, read by programs that nobody here wrote, and theirs read by us: cose-kit, and cbor2 for
// the CBOR beneath. Each is also shown something bad.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "platform/protocol/cose/key.h"
#include "platform/protocol/cose/sign1.h"

namespace cose {
namespace {

std::string folder() {
  const char* own = std::getenv("TEST_TMPDIR");
  return own != nullptr ? std::string(own) : testing::TempDir();
}
void file(const std::string& name, base::View content) {
  std::ofstream(folder() + "/" + name, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}
base::Bytes content_of(const std::string& name) {
  std::ifstream in(folder() + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
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

std::string base64url(base::View bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) out += kDigits[held >> (bits - 6) & 63];
  }
  return bits > 0 ? out + kDigits[held << (6 - bits) & 63] : out;
}

struct Kind {
  crypto::Curve curve;
  Algorithm algorithm;
  const char* name;
  const char* curve_name;
};
constexpr Kind kKinds[] = {{crypto::Curve::kP256, Algorithm::kEs256, "ES256", "P-256"},
                           {crypto::Curve::kP384, Algorithm::kEs384, "ES384", "P-384"},
                           {crypto::Curve::kP521, Algorithm::kEs512, "ES512", "P-521"}};

crypto::EcKey key_of(const Kind& kind) {
  return crypto::EcKey::derive(kind.curve, base::view_of("outside"), kind.name);
}

class CoseKit : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("GLACIS_NPM_COSE") == nullptr) {
      GTEST_SKIP()
          << "the npm packages of tests/evidence/cose are not installed: `./glacis test` installs them where npm "
             "and its registry are at hand";
    }
  }

  std::string node(const std::string& arguments) {
    return output_of("NODE_PATH=" + std::string(std::getenv("GLACIS_NPM_COSE")) +
                     "/node_modules node tests/evidence/cose/sign1.js " + arguments);
  }
  std::string verdict(base::View message, const cbor::Value& key) {
    file("message.cbor", message);
    file("key.cbor", cbor::encode(key));
    return node("verify " + folder());
  }

  crypto::Library library_{1};
};

TEST_F(CoseKit, VerifiesWhatWeSign) {
  for (const Kind& kind : kKinds) {
    const auto key = key_of(kind);
    Sign1 message = sign1(library_, {"signer", "outside"}, key, base::bytes_of("what is signed"), kind.algorithm);
    EXPECT_EQ(verdict(encode_sign1(message), ec2_key(key.public_point())), "valid\n") << kind.name;
    message.payload.back() ^= 1;
    EXPECT_EQ(verdict(encode_sign1(message), ec2_key(key.public_point())), "not valid\n") << kind.name;
  }
}

TEST_F(CoseKit, VerifiesWhatWeSignWithEd25519) {
  const auto key = crypto::Ed25519Key::derive(base::view_of("outside"), "key");
  Sign1 message = sign1(key, base::bytes_of("what is signed"));
  EXPECT_EQ(verdict(encode_sign1(message), ed25519_key(key.public_key())), "valid\n");
  message.signature[3] ^= 1;
  EXPECT_EQ(verdict(encode_sign1(message), ed25519_key(key.public_key())), "not valid\n");
}

TEST_F(CoseKit, SignsWhatWeVerify) {
  for (const Kind& kind : kKinds) {
    const auto key = key_of(kind);
    const base::View point = key.public_point();
    file("payload.bin", base::view_of("what is signed"));
    file("key.json", base::view_of(std::string("{\"kty\":\"EC\",\"crv\":\"") + kind.curve_name + "\",\"x\":\"" +
                                   base64url(point.first(point.size() / 2)) + "\",\"y\":\"" +
                                   base64url(point.subspan(point.size() / 2)) + "\",\"d\":\"" +
                                   base64url(key.private_scalar()) + "\"}"));
    ASSERT_EQ(node("sign " + folder() + " " + kind.name), "signed\n");
    auto message = decode_sign1(content_of("message.cbor"));
    ASSERT_TRUE(message) << kind.name;
    EXPECT_EQ(base::text_of(message->payload), "what is signed");
    EXPECT_EQ(algorithm_of(*message), kind.algorithm);
    EXPECT_TRUE(verify(*message, point)) << kind.name;
    message->payload[0] ^= 1;
    EXPECT_FALSE(verify(*message, point)) << kind.name;
  }
}

// What cbor2 reads of our bytes, as Python prints it, and what it writes of the same in its canonical form.
TEST(Cbor2, ReadsWhatWeWrite) {
  if (output_of("python3 -c 'import cbor2'") != "") GTEST_SKIP() << "Python's cbor2 is not installed";
  const cbor::Value value =
      cbor::Map{{10, base::Bytes{1, 2}}, {-75000, true}, {"a", cbor::Array{nullptr, -1, "\u00fc"}}, {2395, 0x3000}};
  file("item.cbor", cbor::encode(value));
  EXPECT_EQ(output_of("python3 -c \"import cbor2,sys; print(ascii(sorted(cbor2.load(open(sys.argv[1],'rb')).items(), "
                      "key=repr)))\" " +
                      folder() + "/item.cbor"),
            "[('a', [None, -1, '\\xfc']), (-75000, True), (10, b'\\x01\\x02'), (2395, 12288)]\n");
}

}  // namespace
}  // namespace cose
