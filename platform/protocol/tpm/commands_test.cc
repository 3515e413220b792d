#include "platform/protocol/tpm/commands.h"

#include <gtest/gtest.h>

#include "platform/protocol/tpm/attest.h"

namespace tpm {
namespace {

base::Bytes hex(const char* text) { return *base::from_hex(text); }

// Octets of part 3's tables, written out by hand.
TEST(TpmCommands, AreThoseOfTheSpecification) {
  EXPECT_EQ(startup(), hex("80010000000c000001440000"));
  EXPECT_EQ(pcr_read({0, 1, 8, 23}), hex("8001000000140000017e00000001000b03030180"));
  EXPECT_EQ(flush_context(0x80000000), hex("80010000000e0000016580000000"));
  Digest digest;
  digest.fill(0x5a);
  EXPECT_EQ(pcr_extend(10, digest),
            hex("80020000004100000182"
                "0000000a"
                "00000009" "40000009" "0000" "00" "0000"
                "00000001" "000b" "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"));
  EXPECT_EQ(quote(0x80ffffff, hex("0102"), {16}),
            hex("80020000002b00000158" "80ffffff" "00000009" "40000009" "0000" "00" "0000" "00020102" "0010" "00000001" "000b" "03" "000001"));
}

// What libtpms 0.9.2 answers of PCR 16 after one extension with zeroes.
TEST(TpmCommands, ReadsPcrsThatWereSelectedAndNoOthers) {
  const auto answer = hex("80010000003e00000000" "00000014" "00000001" "000b03000001" "00000001" "0020"
                          "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
  const auto values = read_pcrs(answer);
  ASSERT_TRUE(values.has_value());
  ASSERT_EQ(values->size(), 1u);
  EXPECT_EQ(values->at(16), extended({}, {}));
  for (std::size_t size = 0; size < answer.size(); ++size) EXPECT_FALSE(read_pcrs(base::View(answer).first(size))) << size;
  auto other = answer;
  other[21] = 0x03;  // two are said to be there
  EXPECT_FALSE(read_pcrs(other));
  other = answer;
  other[9] = 1;  // an error
  EXPECT_FALSE(read_pcrs(other));
}

TEST(TpmCommands, ResultsAreReadFromWholeAnswersAlone) {
  EXPECT_EQ(result_of(hex("80010000000a00000184")), 0x184u);
  EXPECT_FALSE(result_of(hex("80010000000b00000184")));
  EXPECT_FALSE(result_of(hex("8001")));
}

TEST(TpmPublicArea, ComesBackAsItWasAndRefusesTruncationsAndATail) {
  for (const auto& area : {endorsement_template(), attestation_template()}) {
    const auto raw = wire::encode(area);
    const auto read = wire::decode<PublicArea>(raw);
    ASSERT_TRUE(static_cast<bool>(read));
    EXPECT_TRUE(*read == area);
    for (std::size_t size = 0; size < raw.size(); ++size) EXPECT_FALSE(wire::decode<PublicArea>(base::View(raw).first(size))) << size;
    auto longer = raw;
    longer.push_back(0);
    EXPECT_FALSE(wire::decode<PublicArea>(longer));
  }
}

TEST(TpmPublicArea, AnRsaKeyAndAnEccKeyHaveTheirOwnParameters) {
  PublicArea rsa{.type = kRsa, .modulus = Sized::of(base::Bytes(256, 1))};
  const auto read = wire::decode<PublicArea>(wire::encode(rsa));
  ASSERT_TRUE(static_cast<bool>(read));
  EXPECT_EQ(read->modulus.bytes.size(), 256u);
  EXPECT_TRUE(read->x.bytes.empty());
  rsa.type = kKeyedHash;
  EXPECT_FALSE(wire::decode<PublicArea>(wire::encode(rsa)));
}

TEST(TpmPublicArea, TheNameIsTheAlgorithmAndTheHash) {
  const auto name = name_of(attestation_template());
  ASSERT_EQ(name.size(), 34u);
  EXPECT_EQ(name[1], kSha256);
  auto other = attestation_template();
  other.attributes ^= kSign;
  EXPECT_NE(name_of(other), name);
}

TEST(TpmQuote, IsOneThatATpmGenerated) {
  Quote quote{.extra = Sized::of(hex("aabb")), .selected = Selections::of({0, 10}), .pcr_digest = Sized::of(base::Bytes(32, 7))};
  EXPECT_TRUE(static_cast<bool>(wire::decode<Quote>(wire::encode(quote))));
  quote.magic = 0xff544346;  // what an unrestricted key can be made to sign begins otherwise
  EXPECT_FALSE(wire::decode<Quote>(wire::encode(quote)));
}

TEST(TpmQuote, TheDigestIsOfTheSelectedPcrsInTheirOrder) {
  const std::map<unsigned, Digest> pcrs = {{0, Digest{1}}, {1, Digest{2}}, {10, Digest{3}}};
  EXPECT_NE(digest_of(pcrs, Selections::of({0, 10})), digest_of(pcrs, Selections::of({0, 1})));
  base::Bytes both = base::bytes_of(base::View(Digest{1}));
  base::append(both, Digest{3});
  EXPECT_EQ(digest_of(pcrs, Selections::of({10, 0})), crypto::sha256(both));
}

}  // namespace
}  // namespace tpm
