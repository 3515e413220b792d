#include "platform/protocol/spdm/negotiate.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/protocol/spdm/algorithms.h"

namespace spdm {
namespace {

NegotiateAlgorithms offer() {
  NegotiateAlgorithms message;
  message.measurement_specification = kMeasurementSpecificationDmtf;
  message.other_params_support = kOpaqueFormat1;
  message.base_asym_algo = kAsymEcdsaP256 | kAsymEcdsaP384;
  message.base_hash_algo = kHashSha256 | kHashSha384;
  message.ext_asym_count = 1;
  message.ext_asym = {{.registry_id = 2, .algorithm_id = 0x1234}};
  message.header.param1 = 2;
  message.tables = {{.type = TableType::kDhe, .supported = kDheSecp256r1 | kDheSecp384r1},
                    {.type = TableType::kAead, .count = 0x21, .supported = kAeadAes256Gcm, .external = {{3, 0x0506}}}};
  message.length = length_of(message);
  return message;
}

TEST(Negotiate, WritesTablesBehindLists) {
  const base::Bytes raw = wire::encode(offer());
  EXPECT_EQ(base::to_hex(raw), "12e30200" "3000" "01" "02" "90000000" "03000000" "000000000000000000000000" "01" "00"
                               "00" "00" "02003412" "02201800" "03210200" "03000605");
  EXPECT_EQ(raw.size(), offer().length);
  EXPECT_EQ(*wire::decode<NegotiateAlgorithms>(raw), offer());
  for (std::size_t n = 0; n < raw.size(); ++n)
    EXPECT_FALSE(wire::decode<NegotiateAlgorithms>(base::View(raw).first(n))) << n;
  base::Bytes tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(wire::decode<NegotiateAlgorithms>(tailed));
}

TEST(Negotiate, ReservedBytesAreIgnored) {
  base::Bytes raw = wire::encode(offer());
  raw[16] = 0xff;  // the post-quantum field of 1.4
  EXPECT_EQ(*wire::decode<NegotiateAlgorithms>(raw), offer());
}

TEST(Negotiate, AnAnswerTellsTheAlgorithms) {
  for (Version version : {Version::k11, Version::k12, Version::k13}) {
    Algorithms algorithms{.version = version, .dhe = kDheSecp256r1, .aead = kAeadChaCha20Poly1305};
    const AlgorithmsResponse message = algorithms_response(algorithms);
    const base::Bytes raw = wire::encode(message);
    EXPECT_EQ(raw.size(), 36 + 4 * 4u);
    EXPECT_EQ(message.length, raw.size());
    EXPECT_EQ(algorithms_of(*wire::decode<AlgorithmsResponse>(raw)), algorithms);
    for (std::size_t n = 0; n < raw.size(); ++n)
      EXPECT_FALSE(wire::decode<AlgorithmsResponse>(base::View(raw).first(n))) << n;
  }
}

TEST(Negotiate, TheAnswerOf10HasNoTables) {
  const AlgorithmsResponse message = algorithms_response({.version = Version::k10});
  EXPECT_EQ(wire::encode(message).size(), 36u);
  EXPECT_EQ(algorithms_of(message).dhe, 0);
}

TEST(Algorithms, SizesFollow) {
  const Shape usual = shape_of(Algorithms{});
  EXPECT_EQ(usual, Shape{});
  const Shape other = shape_of(
      {.base_asym = kAsymRsaSsa3072, .base_hash = kHashSha256, .dhe = kDheSecp521r1, .requester_asym = kAsymEcdsaP521});
  EXPECT_EQ(other.digest, 32u);
  EXPECT_EQ(other.signature, 384u);
  EXPECT_EQ(other.requester_signature, 132u);
  EXPECT_EQ(other.exchange, 132u);
}

TEST(Algorithms, TwoBitsAreNoAlgorithm) {
  EXPECT_FALSE(digest_of(kHashSha256 | kHashSha384));
  EXPECT_FALSE(aead_of(0));
  EXPECT_FALSE(dhe_curve_of(kDheSecp256r1 | kDheSecp384r1));
  EXPECT_FALSE(dhe_curve_of(kDheFfdhe2048));
  EXPECT_FALSE(ecdsa_curve_of(kAsymRsaPss2048));
  EXPECT_EQ(signature_size(kAsymEcdsaP256 | kAsymEcdsaP384), 0u);
  EXPECT_EQ(exchange_size(0), 0u);
  EXPECT_EQ(measurement_digest_size(kMeasurementHashRawOnly), 0u);
  EXPECT_EQ(measurement_digest_size(kMeasurementHashSha512), 64u);
  EXPECT_THROW(hash_of({.base_hash = 0}), base::Bug);
}

}  // namespace
}  // namespace spdm
