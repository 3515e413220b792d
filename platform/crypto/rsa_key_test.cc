#include "platform/crypto/rsa_key.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/crypto/certificate.h"
#include "platform/crypto/ec_key.h"

namespace crypto {
namespace {

constexpr std::string_view kPem =
#include "platform/crypto/testdata/rsa.pem"
    ;
constexpr Operation kFirst{"authority", "sign", 1};

TEST(RsaKey, SignsTheSameForOneSeedAndDifferentlyForAnother) {
  const RsaKey key = RsaKey::from_pem(kPem);
  Library one(7), two(7), other(8);
  const base::View message = base::view_of("certificate");
  const base::Bytes first = key.sign_pss_sha384(one, kFirst, message);
  EXPECT_EQ(first.size(), 512u);
  EXPECT_EQ(first, key.sign_pss_sha384(two, kFirst, message));
  const base::Bytes salted = key.sign_pss_sha384(other, kFirst, message);
  EXPECT_NE(first, salted);
  EXPECT_TRUE(rsa_pss_sha384_verify(key.public_key(), message, first));
  EXPECT_TRUE(rsa_pss_sha384_verify(key.public_key(), message, salted));
}

TEST(RsaKey, EverySchemeAndHashVerifiesItsOwnAlone) {
  const RsaKey key = RsaKey::from_pem(kPem);
  Library library(7);
  const base::View message = base::view_of("transcript");
  EXPECT_EQ(rsa_modulus_size(key.public_key()), 512u);
  EXPECT_EQ(rsa_modulus_size(base::view_of("none")), 0u);
  const RsaScheme schemes[] = {RsaScheme::kPss, RsaScheme::kPkcs1};
  const Digest digests[] = {Digest::kSha256, Digest::kSha384, Digest::kSha512};
  for (RsaScheme scheme : schemes) {
    for (Digest digest : digests) {
      const base::Bytes good = key.sign(library, kFirst, scheme, digest, message);
      for (RsaScheme s : schemes)
        for (Digest d : digests)
          EXPECT_EQ(rsa_verify(key.public_key(), s, d, message, good), s == scheme && d == digest);
    }
  }
}

TEST(RsaKey, VerifiesNothingAltered) {
  const RsaKey key = RsaKey::from_pem(kPem);
  Library library(7);
  const base::View message = base::view_of("certificate");
  const base::Bytes good = key.sign_pss_sha384(library, kFirst, message);
  base::Bytes altered = good;
  altered[100] ^= 1;
  EXPECT_FALSE(rsa_pss_sha384_verify(key.public_key(), message, altered));
  EXPECT_FALSE(rsa_pss_sha384_verify(key.public_key(), message, base::View(good).first(511)));
  EXPECT_FALSE(rsa_pss_sha384_verify(key.public_key(), base::view_of("Certificate"), good));
  base::Bytes tailed = key.public_key();
  tailed.push_back(0);
  EXPECT_FALSE(rsa_pss_sha384_verify(tailed, message, good));
  const EcKey ec = EcKey::derive(Curve::kP384, {}, "no rsa");
  EXPECT_FALSE(rsa_pss_sha384_verify(public_key_info(ec.public_point()), message, good));
}

TEST(RsaKey, TakesNothingButAnRsaKey) { EXPECT_THROW(RsaKey::from_pem("no key"), base::Bug); }

}  // namespace
}  // namespace crypto
