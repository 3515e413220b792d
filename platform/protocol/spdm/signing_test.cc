#include "platform/protocol/spdm/signing.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"

namespace spdm {
namespace {

constexpr crypto::Operation kOnce{"device", "sign", 1};
constexpr char kPem[] =
#include "platform/crypto/testdata/rsa.pem"
    ;

TEST(Signing, PrefixesTheHashByPurposeAndVersion) {
  const base::Bytes prefix = signing_prefix(Version::k12, Purpose::kKeyExchangeRsp);
  const std::string version = "646d74662d7370646d2d76312e322e2a";
  EXPECT_EQ(base::to_hex(prefix), version + version + version + version + "0000" +
                                      "726573706f6e6465722d6b65795f65786368616e67655f727370207369676e696e67");
  const Algorithms algorithms;
  const base::Bytes message =
      signed_message(algorithms, Purpose::kKeyExchangeRsp, base::view_of("example TH for signature"));
  EXPECT_EQ(base::to_hex(crypto::hash(crypto::Digest::kSha384, message)),
            "fb1bd31023d835d08e6e772c8b74bbf7f87baf9d643a814c2da8c94a210475b7557cf80d3279d584df9a2a2e74186ca2");
  EXPECT_EQ(base::text_of(base::View(signing_prefix(Version::k13, Purpose::kFinish)).first(16)), "dmtf-spdm-v1.3.*");
}

TEST(Signing, EveryPrefixHasItsPad) {
  const std::pair<Purpose, std::size_t> pads[] = {{Purpose::kKeyExchangeRsp, 2},
                                                  {Purpose::kChallengeAuth, 4},
                                                  {Purpose::kMutualChallengeAuth, 4},
                                                  {Purpose::kMeasurements, 6},
                                                  {Purpose::kFinish, 12}};
  for (const auto& [purpose, pad] : pads) {
    const base::Bytes prefix = signing_prefix(Version::k12, purpose);
    ASSERT_EQ(prefix.size(), kSigningPrefixSize);
    EXPECT_EQ(base::text_of(base::View(prefix).subspan(64)),
              std::string(pad, '\0') + std::string(context_of(purpose)));
  }
}

TEST(Signing, BeforeVersion12TheTranscriptItselfIsSigned) {
  const Algorithms algorithms{.version = Version::k11};
  EXPECT_EQ(signed_message(algorithms, Purpose::kFinish, base::view_of("t")), base::bytes_of("t"));
}

TEST(Signing, EllipticCurvesWithEveryHash) {
  crypto::Library library(1);
  const std::pair<std::uint32_t, crypto::Curve> curves[] = {{kAsymEcdsaP256, crypto::Curve::kP256},
                                                            {kAsymEcdsaP384, crypto::Curve::kP384},
                                                            {kAsymEcdsaP521, crypto::Curve::kP521}};
  for (const auto& [asym, curve] : curves) {
    const auto key = crypto::EcKey::derive(curve, base::view_of("seed"), "device");
    const base::Bytes info = crypto::public_key_info(key.public_point());
    for (std::uint32_t hash : {kHashSha256, kHashSha384, kHashSha512}) {
      const Algorithms algorithms{.base_asym = asym, .base_hash = hash};
      const base::View transcript = base::view_of("transcript");
      const base::Bytes good =
          sign(algorithms, asym, Purpose::kMeasurements, transcript, key, library, kOnce);
      EXPECT_EQ(good.size(), signature_size(asym));
      EXPECT_TRUE(verify(algorithms, asym, Purpose::kMeasurements, transcript, info, good));
      EXPECT_FALSE(verify(algorithms, asym, Purpose::kChallengeAuth, transcript, info, good));
      EXPECT_FALSE(verify(algorithms, asym, Purpose::kMeasurements, base::view_of("another"), info, good));
      EXPECT_FALSE(verify(algorithms, asym, Purpose::kMeasurements, transcript, info, base::View(good).first(10)));
      EXPECT_FALSE(verify(algorithms, kAsymRsaPss2048, Purpose::kMeasurements, transcript, info, good));
      EXPECT_FALSE(verify(algorithms, 0, Purpose::kMeasurements, transcript, info, {}));
    }
  }
}

TEST(Signing, RsaInBothSchemes) {
  crypto::Library library(1);
  const auto key = crypto::RsaKey::from_pem(kPem);
  const Algorithms algorithms;
  const base::View transcript = base::view_of("transcript");
  for (std::uint32_t asym : {kAsymRsaPss4096, kAsymRsaSsa4096}) {
    const std::uint32_t other = asym == kAsymRsaPss4096 ? kAsymRsaSsa4096 : kAsymRsaPss4096;
    const base::Bytes good = sign(algorithms, asym, Purpose::kFinish, transcript, key, library, kOnce);
    EXPECT_TRUE(verify(algorithms, asym, Purpose::kFinish, transcript, key.public_key(), good));
    EXPECT_FALSE(verify(algorithms, other, Purpose::kFinish, transcript, key.public_key(), good));
    EXPECT_FALSE(verify(algorithms, kAsymRsaPss3072, Purpose::kFinish, transcript, key.public_key(), good));
  }
  EXPECT_THROW(sign(algorithms, kAsymRsaPss2048, Purpose::kFinish, transcript, key, library, kOnce), base::Bug);
}

TEST(Signing, AKeyOfAnotherCurveIsOurMistake) {
  crypto::Library library(1);
  const auto key = crypto::EcKey::derive(crypto::Curve::kP256, base::view_of("seed"), "device");
  EXPECT_THROW(sign({}, kAsymEcdsaP384, Purpose::kFinish, {}, key, library, kOnce), base::Bug);
}

}  // namespace
}  // namespace spdm
