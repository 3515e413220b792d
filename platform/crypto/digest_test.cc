#include "platform/crypto/digest.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "platform/base/check.h"
#include "platform/crypto/hash.h"

namespace crypto {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

// FIPS 180-4 examples.
TEST(Digest, OfAbc) {
  EXPECT_EQ(base::to_hex(hash(Digest::kSha256, base::view_of("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::to_hex(hash(Digest::kSha512, base::view_of("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(hash(Digest::kSha384, base::view_of("abc")), base::bytes_of(base::View(sha384(base::view_of("abc")))));
}

// RFC 4231, 4.3.
TEST(Digest, HmacOfRfc4231) {
  const base::View key = base::view_of("Jefe"), data = base::view_of("what do ya want for nothing?");
  EXPECT_EQ(base::to_hex(hmac(Digest::kSha256, key, data)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(base::to_hex(hmac(Digest::kSha384, key, data)),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(base::to_hex(hmac(Digest::kSha512, key, data)),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(Digest, HmacIsOpenSslsForKeysOfAllSizes) {
  const std::pair<Digest, const EVP_MD*> all[] = {{Digest::kSha256, EVP_sha256()}, {Digest::kSha384, EVP_sha384()}, {Digest::kSha512, EVP_sha512()}};
  base::Bytes key, data(300, 0x5A);
  for (std::size_t size = 0; size <= 260; ++size, key.push_back(static_cast<std::uint8_t>(size * 37)))
    for (const auto& [digest, openssl] : all)
      for (const std::size_t length : {std::size_t{0}, std::size_t{1}, size, data.size()}) {
        base::Bytes expected(size_of(digest));
        const std::uint8_t nothing = 0;
        ASSERT_NE(HMAC(openssl, key.empty() ? &nothing : key.data(), static_cast<int>(key.size()), data.data(), length, expected.data(), nullptr), nullptr);
        ASSERT_EQ(hmac(digest, key, base::View(data).first(length)), expected) << size << " " << length;
      }
}

// RFC 5869, A.1 and A.3.
TEST(Digest, HkdfOfRfc5869) {
  const base::Bytes ikm(22, 0x0b);
  const base::Bytes prk = hkdf_extract(Digest::kSha256, hex("000102030405060708090a0b0c"), ikm);
  EXPECT_EQ(base::to_hex(prk), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(base::to_hex(hkdf_expand(Digest::kSha256, prk, hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(base::to_hex(hkdf_extract(Digest::kSha256, {}, ikm)),
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
}

TEST(Digest, HkdfHasAnEnd) {
  EXPECT_EQ(hkdf_expand(Digest::kSha512, hex("00"), {}, 255 * 64).size(), 255 * 64u);
  EXPECT_THROW(hkdf_expand(Digest::kSha512, hex("00"), {}, 255 * 64 + 1), base::Bug);
}

}  // namespace
}  // namespace crypto
