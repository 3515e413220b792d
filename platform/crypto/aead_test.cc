#include "platform/crypto/aead.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"

#include <algorithm>

namespace crypto {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }
template <std::size_t N>
base::Block<N> block(std::string_view text) {
  base::Block<N> out;
  const base::Bytes bytes = hex(text);
  std::copy_n(bytes.begin(), N, out.begin());
  return out;
}

const base::Block<32> kKey = block<32>("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
const base::Bytes kIv = hex("cafebabefacedbaddecaf888");
const base::Bytes kAad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const base::Bytes kPlain =
    hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
        "b16aedf5aa0de657ba63"
        "7b39");

// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 16.
TEST(Gcm, AnswersThePublishedExamples) {
  EXPECT_EQ(base::to_hex(aes256_gcm_seal({}, base::Bytes(12, 0), {}, {})), "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(base::to_hex(aes256_gcm_seal(kKey, kIv, kAad, kPlain)),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0a"
            "bcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
}

// A guest request of type 5, sequence number 1, VMPCK 0: the header from byte 0x30 is authenticated.
TEST(Gcm, AnswersTheGuestRequestExample) {
  base::Block<32> key;
  key.fill(0x11);
  base::Bytes aad = hex("0101600005016000");  // algorithm, header version and size, type, version, message size
  aad.resize(48);
  base::Bytes plain;
  for (std::uint8_t i = 0; i < 64; ++i) plain.push_back(i);
  plain.resize(96);
  EXPECT_EQ(base::to_hex(aes256_gcm_seal(key, hex("010000000000000000000000"), aad, plain)),
            "9922ce0f9f144827a2cde302553f8b81e92b4b1241d6a5f944affd46c50f696b3084ae27fe79c9184a54d18c4c8fa508"
            "77d899737052eabf"
            "a8a40dd32c4e6e09698e56052fac4eef18d9e0d39e63c6282c361d174f331d4f54d47b39672e0bcb"
            "e084cefea859f312d5ece4214e87ba8b");
}

TEST(Gcm, OpensWhatItSealed) {
  for (std::size_t size : {0, 1, 16, 59, 4096}) {
    const base::Bytes plain(size, 7);
    EXPECT_EQ(aes256_gcm_open(kKey, kIv, kAad, aes256_gcm_seal(kKey, kIv, kAad, plain)), plain) << size;
  }
}

TEST(Gcm, RefusesEveryAlteration) {
  const base::Bytes sealed = aes256_gcm_seal(kKey, kIv, kAad, kPlain);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    base::Bytes altered = sealed;
    altered[i] ^= 1;
    EXPECT_FALSE(aes256_gcm_open(kKey, kIv, kAad, altered)) << i;
    EXPECT_FALSE(aes256_gcm_open(kKey, kIv, kAad, base::View(sealed).first(i))) << i;
  }
  base::Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_FALSE(aes256_gcm_open(kKey, kIv, kAad, longer));
  EXPECT_FALSE(aes256_gcm_open(kKey, kIv, base::View(kAad).first(19), sealed));
  EXPECT_FALSE(aes256_gcm_open(kKey, hex("cafebabefacedbaddecaf889"), kAad, sealed));
  EXPECT_FALSE(aes256_gcm_open({}, kIv, kAad, sealed));
}

// McGrew and Viega, test case 4.
TEST(Aead, AnswersTheGcmTestCaseWithAShortKey) {
  const base::Bytes key = hex("feffe9928665731c6d6a8f9467308308");
  const base::Bytes sealed = aead_seal(Aead::kAes128Gcm, key, kIv, kAad, kPlain);
  EXPECT_EQ(base::to_hex(sealed),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47");
  EXPECT_EQ(aead_open(Aead::kAes128Gcm, key, kIv, kAad, sealed), kPlain);
}

// RFC 8439, 2.8.2.
TEST(Aead, AnswersTheExampleOfRfc8439) {
  const base::Bytes key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const base::Bytes iv = hex("070000004041424344454647"), aad = hex("50515253c0c1c2c3c4c5c6c7");
  const base::Bytes plain = base::bytes_of(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
  const base::Bytes sealed = aead_seal(Aead::kChaCha20Poly1305, key, iv, aad, plain);
  EXPECT_EQ(base::to_hex(base::View(sealed).first(16)), "d31a8d34648e60db7b86afbc53ef7ec2");
  EXPECT_EQ(base::to_hex(base::View(sealed).last(16)), "1ae10b594f09e26a7e902ecbd0600691");
  EXPECT_EQ(aead_open(Aead::kChaCha20Poly1305, key, iv, aad, sealed), plain);
}

TEST(Aead, EachCipherRefusesWhatIsNotItsOwn) {
  const base::Bytes key(32, 1);
  const base::Bytes sealed = aead_seal(Aead::kChaCha20Poly1305, key, kIv, kAad, kPlain);
  EXPECT_FALSE(aead_open(Aead::kAes256Gcm, key, kIv, kAad, sealed));
  EXPECT_FALSE(aead_open(Aead::kChaCha20Poly1305, key, kIv, {}, sealed));
  EXPECT_FALSE(aead_open(Aead::kChaCha20Poly1305, key, kIv, kAad, base::View(sealed).first(15)));
  EXPECT_THROW(aead_seal(Aead::kAes128Gcm, key, kIv, kAad, kPlain), base::Bug);
}

TEST(Aead, AKeyThatIsKeptSealsAsOneThatIsNot) {
  const auto key = block<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  Aes256Gcm sealer(key), opener(key);
  for (std::uint8_t i = 0; i < 3; ++i) {
    const base::Bytes iv(12, i), plain(i * 20u, 0x5a);
    const base::Bytes whole = aes256_gcm_seal(key, iv, kAad, plain);
    base::Bytes out(plain.size() + 1);
    base::Block<12> tag;
    sealer.seal(iv, kAad, plain, out.data(), tag);
    EXPECT_TRUE(std::equal(whole.begin(), whole.end() - 16, out.begin()));
    EXPECT_TRUE(std::equal(tag.begin(), tag.end(), whole.end() - 16)) << "the tag's first bytes";

    base::Bytes opened(plain.size() + 1);
    const base::View sealed = base::View(out).first(plain.size());
    EXPECT_TRUE(opener.open(iv, kAad, sealed, opened.data(), tag));
    EXPECT_TRUE(std::equal(plain.begin(), plain.end(), opened.begin()));
    tag[11] ^= 1;
    EXPECT_FALSE(opener.open(iv, kAad, sealed, opened.data(), tag));
    EXPECT_TRUE(std::equal(plain.begin(), plain.end(), opened.begin())) << "decrypted all the same";
  }
}

// SP 800-38A, F.5.1, first two blocks.
TEST(Ctr, AnswersTheExampleOfSp80038a) {
  const auto key = block<16>("2b7e151628aed2a6abf7158809cf4f3c");
  const auto iv = block<16>("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const base::Bytes plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  const base::Bytes cipher = hex("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");
  EXPECT_EQ(aes128_ctr(key, iv, plain), cipher);
  EXPECT_EQ(aes128_ctr(key, iv, cipher), plain);
  EXPECT_TRUE(aes128_ctr(key, iv, {}).empty());
}

}  // namespace
}  // namespace crypto
