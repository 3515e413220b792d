#include "platform/crypto/hash.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

TEST(Hash, AnswersTheExamplesOfFips180) {
  EXPECT_EQ(base::to_hex(sha256(base::view_of("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::to_hex(sha384(base::view_of("abc"))),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(base::to_hex(sha512(base::view_of("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(base::to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, GrowsAndCanBeReadInTheMiddle) {
  Hash384 hash;
  hash.update(base::view_of("a"));
  EXPECT_EQ(hash.finish(), sha384(base::view_of("a")));
  Hash384 fork = hash;
  hash.update(base::view_of("bc"));
  fork.update(base::view_of("x"));
  EXPECT_EQ(hash.finish(), sha384(base::view_of("abc")));
  EXPECT_EQ(fork.finish(), sha384(base::view_of("ax")));
  fork = hash;
  EXPECT_EQ(fork.finish(), hash.finish());
  EXPECT_EQ(Hash256().update(base::view_of("ab")).update(base::view_of("c")).finish(), sha256(base::view_of("abc")));
}

// RFC 4231, test cases 1 and 2.
TEST(Hmac, AnswersTheExamplesOfRfc4231) {
  const base::Bytes key(20, 0x0b);
  EXPECT_EQ(base::to_hex(hmac_sha256(key, base::view_of("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(base::to_hex(hmac_sha384(key, base::view_of("Hi There"))),
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
  EXPECT_EQ(base::to_hex(hmac_sha256(base::view_of("Jefe"), base::view_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, AnswersTheEmptyKeyAndText) {
  EXPECT_EQ(base::to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// The launch measurement of SEV that virtee/sev carries as its known answer.
TEST(Hmac, AnswersThePublishedSevMeasurement) {
  base::Bytes text = hex("0400120f00000000");
  base::append(text, sha256({}));
  base::append(text, hex("4fbe0bedbad6c86ae8f68971d103e554"));
  EXPECT_EQ(base::to_hex(hmac_sha256(hex("66320db73158a35a255d051758e95ed4"), text)),
            "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
}

// RFC 5869, test cases 1 and 3.
TEST(Hkdf, AnswersTheExamplesOfRfc5869) {
  const base::Bytes ikm(22, 0x0b);
  EXPECT_EQ(base::to_hex(hkdf_sha256(ikm, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(base::to_hex(hkdf_sha256(ikm, {}, {}, 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, ExpandsWithSha384FromTheExtractedKey) {
  const base::Block<48> prk = hmac_sha384(base::view_of("salt"), base::view_of("secret"));
  const base::Bytes whole = hkdf_sha384(base::view_of("secret"), base::view_of("salt"), base::view_of("info"), 96);
  EXPECT_EQ(whole, hkdf_expand_sha384(prk, base::view_of("info"), 96));
  // The first block by its definition: HMAC(prk, info || 01).
  base::Bytes first = base::bytes_of("info");
  first.push_back(1);
  EXPECT_EQ(base::bytes_of(base::View(whole).first(48)), base::bytes_of(base::View(hmac_sha384(prk, first))));
  EXPECT_EQ(hkdf_expand_sha384(prk, base::view_of("info"), 50), base::Bytes(whole.begin(), whole.begin() + 50));
}

TEST(Sp800108, FollowsItsDefinitionWithLittleEndianCounters) {
  const base::Bytes key(16, 0x5a);
  auto block = [&](std::string_view counter) {
    base::Bytes input = hex(counter);
    base::append(input, base::view_of("sev-kek"));
    base::append(input, hex("00aabb40010000"));  // 00, context, 0x140 bits
    return base::bytes_of(base::View(hmac_sha256(key, input)));
  };
  base::Bytes expected = block("01000000");
  base::append(expected, base::View(block("02000000")).first(8));
  EXPECT_EQ(sp800_108_sha256(key, "sev-kek", hex("aabb"), 40), expected);
}

}  // namespace
}  // namespace crypto
