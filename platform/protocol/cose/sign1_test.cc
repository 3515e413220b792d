#include "platform/protocol/cose/sign1.h"

#include <gtest/gtest.h>

#include <map>

#include "platform/protocol/cose/testdata/cose_wg_vectors.h"

namespace cose {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

const Sign1Vector& vector_of(std::string_view file) {
  for (const Sign1Vector& vector : kSign1Vectors)
    if (file == vector.file) return vector;
  throw std::out_of_range(std::string(file));
}

class Sign1Test : public testing::Test {
 protected:
  crypto::Library library_{1};
  crypto::EcKey key_ = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("seed"), "key");
  Sign1 signed_ = sign1(library_, {"signer", "test"}, key_, base::bytes_of("payload"), Algorithm::kEs384);
};

TEST_F(Sign1Test, VerifiesTheWorkingGroupsMessages) {
  for (const char* file : {"ecdsa-sig-01", "ecdsa-sig-02", "ecdsa-sig-03", "ecdsa-sig-04", "eddsa-sig-01"}) {
    const Sign1Vector& vector = vector_of(file);
    const auto message = decode_sign1(hex(vector.message));
    ASSERT_TRUE(message) << file;
    EXPECT_EQ(to_be_signed(*message), hex(vector.to_be_signed)) << file;
    EXPECT_TRUE(verify(*message, hex(vector.public_key))) << file;
    EXPECT_EQ(encode_sign1(*message), hex(vector.message)) << file;
  }
}

TEST_F(Sign1Test, CoversDataThatIsNotInTheMessage) {
  const Sign1Vector& vector = vector_of("sign-pass-02");
  const base::Bytes external = hex("11aa22bb33cc44dd55006699");
  const Sign1 message = decode_sign1(hex(vector.message)).value();
  EXPECT_EQ(to_be_signed(message, external), hex(vector.to_be_signed));
  EXPECT_TRUE(verify(message, hex(vector.public_key), external));
  EXPECT_FALSE(verify(message, hex(vector.public_key)));
}

TEST_F(Sign1Test, ReadsTheBareArrayWhereNoTagStands) {
  const Sign1Vector& vector = vector_of("sign-pass-03");
  EXPECT_FALSE(decode_sign1(hex(vector.message)));
  const auto message = sign1_of(cbor::decode(hex(vector.message)).value());
  ASSERT_TRUE(message);
  EXPECT_TRUE(verify(*message, hex(vector.public_key)));
  EXPECT_EQ(cbor::encode(sign1_value(*message)), hex(vector.message));
}

// The signature is right, but what it was made with is not covered by it.
TEST_F(Sign1Test, WantsTheAlgorithmProtected) {
  const Sign1Vector& vector = vector_of("sign-pass-01");
  const Sign1 message = decode_sign1(hex(vector.message)).value();
  EXPECT_EQ(to_be_signed(message), hex(vector.to_be_signed));
  EXPECT_TRUE(crypto::ec_verify(hex(vector.public_key), to_be_signed(message),
                                crypto::ec_signature_of(message.signature).value()));
  EXPECT_FALSE(verify(message, hex(vector.public_key)));
}

TEST_F(Sign1Test, RefusesTheWorkingGroupsBadMessages) {
  EXPECT_FALSE(decode_sign1(hex(vector_of("sign-fail-01").message)));
  for (const char* file : {"sign-fail-02", "sign-fail-03", "sign-fail-04", "sign-fail-06", "sign-fail-07"}) {
    const Sign1Vector& vector = vector_of(file);
    const auto message = decode_sign1(hex(vector.message));
    ASSERT_TRUE(message) << file;
    EXPECT_FALSE(verify(*message, hex(vector.public_key))) << file;
  }
}

TEST_F(Sign1Test, SignsWithEveryCurveAndHash) {
  for (const crypto::Curve curve : {crypto::Curve::kP256, crypto::Curve::kP384, crypto::Curve::kP521}) {
    const auto key = crypto::EcKey::derive(curve, base::view_of("seed"), "key");
    for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512}) {
      const Sign1 message = sign1(library_, {"signer", "test"}, key, base::bytes_of("payload"), algorithm);
      EXPECT_EQ(algorithm_of(message), algorithm);
      EXPECT_EQ(decode_sign1(encode_sign1(message)), message);
      EXPECT_TRUE(verify(message, key.public_point()));
      EXPECT_FALSE(verify(message, key_.public_point()) && curve != crypto::Curve::kP384);
    }
    EXPECT_EQ(crypto::width_of(curve),
              sign1(library_, {"signer", "test"}, key, {}, algorithm_for(curve)).signature.size() / 2);
  }
}

TEST_F(Sign1Test, SignsTheSameBytesAgain) {
  crypto::Library other(1);
  EXPECT_EQ(sign1(other, {"signer", "test"}, key_, base::bytes_of("payload"), Algorithm::kEs384), signed_);
}

TEST_F(Sign1Test, CoversPayloadAndProtectedHeaderButNotTheOther) {
  Sign1 message = signed_;
  message.unprotected = cbor::Map{{kKeyIdLabel, base::Bytes{1}}};
  EXPECT_TRUE(verify(message, key_.public_point()));
  message.payload[0] ^= 1;
  EXPECT_FALSE(verify(message, key_.public_point()));
  message = signed_;
  message.protected_header.as_map()->push_back({kContentTypeLabel, 0});
  EXPECT_FALSE(verify(message, key_.public_point()));
  message = signed_;
  for (std::size_t i = 0; i < message.signature.size(); ++i) {
    message.signature[i] ^= 1;
    EXPECT_FALSE(verify(message, key_.public_point())) << i;
    message.signature[i] ^= 1;
  }
  message.signature.pop_back();
  EXPECT_FALSE(verify(message, key_.public_point()));
}

TEST_F(Sign1Test, TakesKeysOfTheAlgorithmsKindOnly) {
  const auto edwards = crypto::Ed25519Key::derive(base::view_of("seed"), "key");
  const Sign1 message = sign1(edwards, base::bytes_of("payload"));
  EXPECT_TRUE(verify(message, edwards.public_key()));
  EXPECT_FALSE(verify(message, key_.public_point()));
  EXPECT_FALSE(verify(signed_, edwards.public_key()));
  EXPECT_FALSE(verify(signed_, {}));
  EXPECT_FALSE(verify(signed_, base::Bytes(96, 0)));
}

TEST_F(Sign1Test, RefusesCriticalHeadersItDoesNotKnow) {
  const auto fits = [&](cbor::Value critical, bool with_type = true) {
    Sign1 message{.protected_header = cbor::Map{{kAlgorithmLabel, -35}, {kCriticalLabel, std::move(critical)}}};
    if (with_type) message.protected_header.as_map()->push_back({kContentTypeLabel, 0});
    sign(message, library_, {"signer", "test"}, key_, Algorithm::kEs384);
    return verify(message, key_.public_point());
  };
  EXPECT_TRUE(fits(cbor::Array{kContentTypeLabel}));
  EXPECT_FALSE(fits(cbor::Array{kContentTypeLabel}, false));
  EXPECT_FALSE(fits(cbor::Array{kContentTypeLabel, 99}));
  EXPECT_FALSE(fits(cbor::Array{"vendor"}));
  EXPECT_FALSE(fits(cbor::Array{}));
  EXPECT_FALSE(fits(1));
}

TEST_F(Sign1Test, WritesALieAsItIsTold) {
  Sign1 message = signed_;
  message.protected_header = cbor::Map{{kAlgorithmLabel, -7}};
  sign(message, library_, {"signer", "test"}, key_, Algorithm::kEs384);
  EXPECT_EQ(algorithm_of(decode_sign1(encode_sign1(message)).value()), Algorithm::kEs256);
  EXPECT_FALSE(verify(message, key_.public_point()));
}

TEST_F(Sign1Test, RefusesTruncationsAndTails) {
  base::Bytes whole = encode_sign1(signed_);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_sign1(base::View(whole).first(size))) << size;
  whole.push_back(0);
  EXPECT_FALSE(decode_sign1(whole));
}

TEST_F(Sign1Test, RefusesOtherShapes) {
  const char* const kBad[] = {
      "d28340a040",              // three parts
      "d2854 0a0404040",         // five parts
      "d284a0a04040",            // the protected header as a map
      "d284418 0a04040",         // as an array within its string
      "d28442a000a04040",        // a map and a tail
      "d28440804040",            // the other header as an array
      "d28440a0f640",            // the payload elsewhere
      "d28440a04060",            // a signature of text
      "d28440a1410140 4040",     // a label of bytes
      "d28443a10126a101264040",  // a label in both
      "d28445a20126012640a04040",
  };
  for (std::string text : kBad) {
    std::erase(text, ' ');
    EXPECT_FALSE(decode_sign1(hex(text))) << text;
  }
  EXPECT_TRUE(decode_sign1(hex("d28440a04040")));
  EXPECT_TRUE(decode_sign1(hex("d28441a0a04040")));
}

}  // namespace
}  // namespace cose
