// The processor's own AES-256-GCM against published vectors and, over all sizes of short records and random ones,
// against OpenSSL: the same bytes and the same answers on both paths.
#include "platform/crypto/gcm_aesni.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"

namespace crypto {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

base::Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
  base::Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

base::Block<32> key_of(base::View bytes) {
  base::Block<32> key{};
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

struct Vector {
  const char *key, *iv, *plain, *aad, *sealed, *tag;
};

// NIST CAVP, gcmEncryptExtIV256, count 0 of groups with a tag of 128 bits; the last two are test cases 15 and 16 of
// McGrew and Viega, "The Galois/Counter Mode of Operation".
constexpr Vector kVectors[] = {
    {"b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4", "516c33929df5a3284ff463d7", "", "", "",
     "bdc1ac884d332457a1d2664f168c76f0"},
    {"78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223", "d79cf22d504cc793c3fb6c8a", "",
     "b96baa8c1c75a671bfb2d08d06be5f36", "", "3e5d486aa2e30b22e040b85723a06e76"},
    {"03ccb7dbc7b8425465c2c3fc39ed0593929ffd02a45ff583bd89b79c6f646fe9", "fd119985533bd5520b301d12", "",
     "98e68c10bf4b5ae62d434928fc6405147c6301417303ef3a703dcfd2c0c339a4d0a89bd29fe61fecf1066ab06d7a5c31a48ffbfed22f749b"
     "17e9bd0dc1c6f8fbd6fd4587184db964d5456132106d782338c3f117ec05229b0899",
     "", "cf54e7141349b66f248154427810c87a"},
    {"31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22", "0d18e06c7c725ac9e362e1ce",
     "2db5168e932556f8089a0622981d017d", "", "fa4362189661d163fcd6a56d8bf0405a", "d636ac1bbedd5cc3ee727dc2ab4a9489"},
    {"83688deb4af8007f9b713b47cfa6c73e35ea7a3aa4ecdb414dded03bf7a0fd3a", "0b459724904e010a46901cf3",
     "33d893a2114ce06fc15d55e454cf90c3", "794a14ccd178c8ebfd1379dc704c5e208f9d8424", "cc66bee423e3fcd4c0865715e9586696",
     "0fb291bd3dba94a1dfd8b286cfb97ac5"},
    {"69b458f2644af9020463b40ee503cdf083d693815e2659051ae0d039e606a970", "8d1da8ab5f91ccd09205944b",
     "f3e0e09224256bf21a83a5de8d", "036ad5e5494ef817a8af2f5828784a4bfedd1653", "c0a62d77e6031bfdc6b13ae217",
     "a794a9aaee48cd92e47761bf1baff0af"},
    {"dc776f0156c15d032623854b625c61868e5db84b7b6f9fbd3672f12f0025e0f6", "67130951c4a57f6ae7f13241",
     "9378a727a5119595ad631b12a5a6bc8a91756ef09c8d6eaa2b718fe86876da20",
     "fd0920faeb7b212932280a009bac969145e5c316cf3922622c3705c3457c4e9f124b2076994323fbcfb523f8ed16d241",
     "6d958c20870d401a3c1f7a0ac092c97774d451c09f7aae992a8841ff0ab9d60d", "b876831b4ecd7242963b040aa45c4114"},
    {"24501ad384e473963d476edcfe08205237acfd49b5b8f33857f8114e863fec7f", "9ff18563b978ec281b3f2794",
     "27f348f9cdc0c5bd5e66b1ccb63ad920ff2219d14e8d631b3872265cf117ee86757accb158bd9abb3868fdc0d0b074b5f01b2c",
     "adb5ec720ccf9898500028bf34afccbcaca126ef",
     "eb7cb754c824e8d96f7c6d9b76c7d26fb874ffbf1d65c6f64a698d839b0b06145dae82057ad55994cf59ad7f67c0fa5e85fab8",
     "bc95c532fecc594c36d1550286a7a3f0"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b391aafd255",
     "",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
     "bcc9f662898015ad",
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
     "bcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

class EveryPath : public testing::TestWithParam<GcmPath> {
 protected:
  void SetUp() override {
    if (GetParam() == GcmPath::kFastest && !find_gcm_passes(GcmPath::kFastest)) GTEST_SKIP() << "not on this processor";
  }
};

INSTANTIATE_TEST_SUITE_P(All, EveryPath, testing::Values(GcmPath::kFastest, GcmPath::kOpenSsl), [](const auto& info) {
  return info.param == GcmPath::kOpenSsl ? std::string("OpenSsl") : std::string("Fastest");
});

TEST_P(EveryPath, AnswersThePublishedVectors) {
  for (const Vector& v : kVectors) {
    const base::Bytes iv = hex(v.iv), plain = hex(v.plain), aad = hex(v.aad), expected = hex(v.sealed);
    Aes256Gcm cipher(key_of(hex(v.key)), GetParam());
    base::Bytes sealed(plain.size() + 1), opened(plain.size() + 1);
    base::Block<kGcmTagSize> tag{};
    cipher.seal(iv, aad, plain, sealed.data(), tag);
    EXPECT_EQ(base::to_hex(base::View(sealed).first(plain.size())), v.sealed);
    EXPECT_EQ(base::to_hex(tag), v.tag);
    EXPECT_TRUE(cipher.open(iv, aad, expected, opened.data(), tag)) << v.tag;
    EXPECT_EQ(base::to_hex(base::View(opened).first(plain.size())), v.plain);
  }
}

// In place, with the tag cut at every length; what does not fit is decrypted all the same.
TEST_P(EveryPath, KnowsWrongTagsAndDecryptsAllTheSame) {
  std::mt19937_64 random(1);
  for (const std::size_t size : {0, 1, 15, 16, 17, 64, 100, 256, 500, 1024}) {
    Aes256Gcm cipher(key_of(random_bytes(random, 32)), GetParam());
    const base::Bytes iv = random_bytes(random, 12), aad = random_bytes(random, 20), plain = random_bytes(random, size);
    base::Bytes sealed = plain;
    base::Block<kGcmTagSize> tag{};
    cipher.seal(iv, aad, sealed, sealed.data(), tag);
    for (const std::size_t length : {16, 12, 4, 1, 0}) {
      base::Bytes data = sealed;
      EXPECT_EQ(cipher.open(iv, aad, data, data.data(), base::View(tag).first(length)), length > 0) << length;
      EXPECT_EQ(data, plain);
      for (std::size_t i = 0; i < length; ++i) {
        auto wrong = tag;
        wrong[i] ^= static_cast<std::uint8_t>(1u << random() % 8);
        data = sealed;
        EXPECT_FALSE(cipher.open(iv, aad, data, data.data(), base::View(wrong).first(length))) << i << " of " << length;
        EXPECT_EQ(data, plain) << i;
      }
    }
    base::Bytes data = sealed, other = aad;
    other[7] ^= 0x10;
    EXPECT_FALSE(cipher.open(iv, other, data, data.data(), tag));
    EXPECT_EQ(data, plain);
    for (std::size_t i = 0; i < size; ++i) {
      data = sealed;
      data[i] ^= 0x80;
      EXPECT_FALSE(cipher.open(iv, aad, data, data.data(), tag)) << i;
      data[i] ^= 0x80;
      EXPECT_EQ(data, plain) << i;
    }
  }
}

TEST_P(EveryPath, GoesBothWaysInTurns) {
  Aes256Gcm cipher({}, GetParam());
  for (std::uint8_t i = 0; i < 4; ++i) {
    const base::Bytes iv(12, i), plain(40, i);
    base::Bytes data = plain;
    base::Block<12> tag{};
    cipher.seal(iv, {}, data, data.data(), tag);
    EXPECT_NE(data, plain);
    EXPECT_TRUE(cipher.open(iv, {}, data, data.data(), tag));
    EXPECT_EQ(data, plain);
  }
}

TEST_P(EveryPath, TakesNoOtherNonceAndNoLongerTag) {
  Aes256Gcm cipher({}, GetParam());
  base::Bytes data(16), tag(16), longer(17);
  EXPECT_THROW(cipher.seal(base::Bytes(13), {}, data, data.data(), tag), base::Bug);
  EXPECT_THROW(cipher.seal(base::Bytes(12), {}, data, data.data(), longer), base::Bug);
  EXPECT_THROW(cipher.open(base::Bytes(11), {}, data, data.data(), tag), base::Bug);
  EXPECT_THROW(cipher.open(base::Bytes(12), {}, data, data.data(), longer), base::Bug);
}

class BesideOpenSsl : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_gcm_passes(GcmPath::kFastest)) GTEST_SKIP() << "not on this processor";
  }

  // Both directions, apart and in place.
  void compare(const base::Block<32>& key, base::View iv, base::View aad, base::View plain) {
    Aes256Gcm theirs(key, GcmPath::kOpenSsl), ours(key);
    compare(theirs, ours, iv, aad, plain);
  }
  void compare(Aes256Gcm& theirs, Aes256Gcm& ours, base::View iv, base::View aad, base::View plain) {
    const std::size_t size = plain.size();
    base::Block<kGcmTagSize> expected_tag{}, tag{};
    base::Bytes expected(size + kGuard, kUntouched), sealed = expected, opened = expected;
    theirs.seal(iv, aad, plain, expected.data(), expected_tag);
    ours.seal(iv, aad, plain, sealed.data(), tag);
    ASSERT_EQ(sealed, expected) << size << " bytes, " << aad.size() << " beside them";
    ASSERT_EQ(tag, expected_tag) << size << " bytes, " << aad.size() << " beside them";
    ASSERT_TRUE(ours.open(iv, aad, base::View(sealed).first(size), opened.data(), tag));
    ASSERT_TRUE(std::equal(plain.begin(), plain.end(), opened.begin()));
    ASSERT_TRUE(std::all_of(opened.begin() + static_cast<std::ptrdiff_t>(size), opened.end(),
                            [](std::uint8_t byte) { return byte == kUntouched; }));
    const base::View inside(opened.data(), size);
    ours.seal(iv, aad, inside, opened.data(), tag);
    ASSERT_EQ(opened, expected);
    ASSERT_EQ(tag, expected_tag);
    ASSERT_TRUE(ours.open(iv, aad, inside, opened.data(), tag));
    ASSERT_TRUE(std::equal(plain.begin(), plain.end(), opened.begin()));
    tag[size % tag.size()] ^= 1;
    ASSERT_FALSE(ours.open(iv, aad, base::View(sealed).first(size), opened.data(), tag));
    ASSERT_TRUE(std::equal(plain.begin(), plain.end(), opened.begin()));
  }

 private:
  static constexpr std::size_t kGuard = 17;
  static constexpr std::uint8_t kUntouched = 0xA5;
};

TEST_F(BesideOpenSsl, EverySizeOfARecordAndOfWhatIsBesideIt) {
  std::mt19937_64 random(2);
  const base::Block<32> key = key_of(random_bytes(random, 32));
  Aes256Gcm theirs(key, GcmPath::kOpenSsl), ours(key);
  const base::Bytes plain = random_bytes(random, 1100), aad = random_bytes(random, 64), iv = random_bytes(random, 12);
  for (std::size_t size = 0; size <= plain.size(); ++size)
    for (std::size_t beside = 0; beside <= aad.size(); ++beside)
      ASSERT_NO_FATAL_FAILURE(compare(theirs, ours, iv, base::View(aad).first(beside), base::View(plain).first(size)));
}

TEST_F(BesideOpenSsl, RandomKeysNoncesAndRecords) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 3000; ++i) {
    const base::Bytes plain = random_bytes(random, random() % 16 ? random() % 1200 : random() % 20000);
    const base::Bytes aad = random_bytes(random, random() % 16 ? random() % 80 : random() % 2000);
    const auto key = key_of(random_bytes(random, 32));
    ASSERT_NO_FATAL_FAILURE(compare(key, random_bytes(random, 12), aad, plain));
  }
}

// Zeros and ones meet the carry when the hash key is doubled, and the ends of every reduction.
TEST_F(BesideOpenSsl, PlainKeysAndRecords) {
  for (unsigned value = 0; value < 256; ++value) {
    base::Block<32> key;
    key.fill(static_cast<std::uint8_t>(value));
    for (const std::uint8_t byte : {0x00, 0xff, 0x80, 0x01})
      ASSERT_NO_FATAL_FAILURE(compare(key, base::Bytes(12, byte), base::Bytes(20, byte), base::Bytes(528, byte)));
  }
}

TEST(FindGcmPasses, OpenSslIsNoneOfThem) { EXPECT_EQ(find_gcm_passes(GcmPath::kOpenSsl), nullptr); }

// FIPS 197, appendix A.3: the first and the last round keys.
TEST(GcmKey, HasThePublishedExpansion) {
  const GcmPasses* passes = find_gcm_passes(GcmPath::kFastest);
  if (!passes) GTEST_SKIP() << "not on this processor";
  const GcmKey key = passes->expand(key_of(hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")));
  EXPECT_EQ(base::to_hex(key.rounds[0]), "603deb1015ca71be2b73aef0857d7781");
  EXPECT_EQ(base::to_hex(key.rounds[2]), "9ba354118e6925afa51a8b5f2067fcde");
  EXPECT_EQ(base::to_hex(key.rounds[14]), "fe4890d1e6188d0b046df344706c631e");
}

}  // namespace
}  // namespace crypto
