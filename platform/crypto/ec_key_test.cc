#include "platform/crypto/ec_key.h"

#include <gtest/gtest.h>

#include <thread>

#include "platform/crypto/hash.h"
#include "platform/crypto/memo.h"

namespace crypto {
namespace {

base::Bytes hex(std::string_view text) { return base::from_hex(text).value(); }
constexpr Operation kFirst{"psp", "sign report", 1};

// RFC 6979, A.2.6.
constexpr std::string_view kP384Scalar =
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5";
constexpr std::string_view kP384Point =
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720";

EcKey p384() { return EcKey::from_scalar(Curve::kP384, hex(kP384Scalar)).value(); }
EcKey p256() { return EcKey::derive(Curve::kP256, base::view_of("seed"), "test"); }

TEST(EcKey, ComputesThePointOfRfc6979) { EXPECT_EQ(base::to_hex(p384().public_point()), kP384Point); }

TEST(EcKey, VerifiesTheSignatureOfRfc6979) {
  const EcSignature published{
      hex("94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"),
      hex("99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8")};
  EXPECT_TRUE(ec_verify(hex(kP384Point), base::view_of("sample"), published));
  EXPECT_FALSE(ec_verify(hex(kP384Point), base::view_of("Sample"), published));
}

// RFC 5903, 8.1: P-256.
TEST(EcKey, AgreesAsInRfc5903) {
  const EcKey initiator =
      EcKey::from_scalar(Curve::kP256, hex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433")).value();
  const EcKey responder =
      EcKey::from_scalar(Curve::kP256, hex("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53")).value();
  const base::Bytes shared = hex("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  EXPECT_EQ(initiator.ecdh(responder.public_point()), shared);
  EXPECT_EQ(responder.ecdh(initiator.public_point()), shared);
}

TEST(EcKey, AgreesOnP384) {
  const EcKey other = EcKey::derive(Curve::kP384, base::view_of("seed"), "other");
  EXPECT_EQ(p384().ecdh(other.public_point()), other.ecdh(p384().public_point()));
  EXPECT_NE(p384().ecdh(other.public_point()), p384().ecdh(p384().public_point()));
}

// RFC 6979, A.2.7.
TEST(EcKey, VerifiesTheSignatureOfRfc6979OnP521) {
  const EcKey key = EcKey::from_scalar(Curve::kP521,
                                       hex("00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c"
                                           "70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538"))
                        .value();
  EXPECT_EQ(base::to_hex(base::View(key.public_point()).first(66)),
            "01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd"
            "761dcac474b9a2f5023a4");
  const EcSignature published{hex("00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5"
                                  "d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa"),
                              hex("00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c"
                                  "0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a")};
  EXPECT_TRUE(ec_verify(key.public_point(), base::view_of("sample"), published));
  EXPECT_FALSE(ec_verify(key.public_point(), base::view_of("Sample"), published));
  Library library(7);
  const EcSignature own = key.sign(library, kFirst, base::view_of("sample"));
  EXPECT_EQ(own.joined().size(), 132u);
  EXPECT_TRUE(ec_verify(key.public_point(), base::view_of("sample"), *ec_signature_of(own.joined())));
  EXPECT_EQ(ec_signature_from_der(Curve::kP521, to_der(own)), own);
}

// RFC 5903, 8.3.
TEST(EcKey, AgreesAsInRfc5903OnP521) {
  const auto key = [](std::string_view scalar) { return EcKey::from_scalar(Curve::kP521, hex(scalar)).value(); };
  const EcKey initiator = key("0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d9"
                              "37ba9777f5957b2639bab072462f68c27a57382d4a52");
  const EcKey responder = key("0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bdbf2a"
                              "3163e4c2f869cca7458aa4a4effc311f5cb151685eb9");
  const base::Bytes shared = hex("01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34"
                                 "786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea");
  EXPECT_EQ(initiator.ecdh(responder.public_point()), shared);
  EXPECT_EQ(responder.ecdh(initiator.public_point()), shared);
}

TEST(EcKey, AgreesOnlyWithPointsOfItsCurve) {
  base::Bytes off = p384().public_point();
  off.back() ^= 1;
  EXPECT_FALSE(p384().ecdh(off));
  EXPECT_FALSE(p384().ecdh(base::Bytes(96, 0)));
  EXPECT_FALSE(p384().ecdh(p256().public_point()));
  EXPECT_FALSE(p384().ecdh({}));
}

TEST(EcKey, TheSeedAndTheLabelChooseTheKey) {
  const base::View seed = base::view_of("seed");
  EXPECT_EQ(p256().public_point(), EcKey::derive(Curve::kP256, seed, "test").public_point());
  EXPECT_NE(p256().public_point(), EcKey::derive(Curve::kP256, seed, "tesu").public_point());
  EXPECT_NE(p256().public_point(), EcKey::derive(Curve::kP256, base::view_of("sead"), "test").public_point());
}

TEST(EcKey, ScalarsLieBetweenZeroAndTheOrder) {
  const base::Bytes order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  base::Bytes last = order;
  --last.back();
  EXPECT_FALSE(EcKey::from_scalar(Curve::kP256, order));
  EXPECT_TRUE(EcKey::from_scalar(Curve::kP256, last));
  EXPECT_FALSE(EcKey::from_scalar(Curve::kP256, base::Bytes(32, 0)));
  EXPECT_FALSE(EcKey::from_scalar(Curve::kP256, base::View(last).first(31)));
}

TEST(EcKey, SignsTheSameInEveryLibraryAndThreadOfOneSeed) {
  for (const EcKey& key : {p256(), p384()}) {
    Library one(7);
    const EcSignature first = key.sign(one, kFirst, base::view_of("report"));
    EcSignature second, third;
    for (std::uint32_t i = 0; i <= kMemoEntriesMax; ++i) {  // empties the memo
      base::Bytes input;
      base::append_le(input, i);
      memo(MemoKey("ec test filler").add(input), [] { return base::Bytes{}; });
    }
    const std::uint64_t misses = memo_misses();
    std::thread([&] {
      Library other(7);
      key.sign(other, {"psp", "something before", 1}, base::view_of("report"));
      second = key.sign(other, kFirst, base::view_of("report"));
    }).join();
    EXPECT_EQ(memo_misses(), misses + 2) << "computed anew, not remembered";
    third = key.sign(one, kFirst, base::view_of("report"));
    EXPECT_EQ(first, second);
    EXPECT_EQ(first, third);
    EXPECT_EQ(memo_misses(), misses + 2);
  }
}

TEST(EcKey, AnotherSeedOrCountSignsDifferentlyAndBothFit) {
  Library one(7), other(8);
  const base::View message = base::view_of("report");
  const EcSignature first = p384().sign(one, kFirst, message);
  const EcSignature by_seed = p384().sign(other, kFirst, message);
  const EcSignature by_count = p384().sign(one, {"psp", "sign report", 2}, message);
  for (const EcSignature& signature : {by_seed, by_count}) {
    EXPECT_NE(signature, first);
    EXPECT_TRUE(ec_verify(p384().public_point(), message, signature));
  }
  EXPECT_EQ(first.r.size(), 48u);
  EXPECT_EQ(first.s.size(), 48u);
}

TEST(EcKey, VerifiesNothingAltered) {
  Library library(7);
  const base::View message = base::view_of("report");
  const EcSignature good = p384().sign(library, kFirst, message);
  EXPECT_TRUE(ec_verify(p384().public_point(), message, good));
  EXPECT_TRUE(ec_verify_digest(p384().public_point(), sha384(message), good));
  for (base::Bytes EcSignature::*part : {&EcSignature::r, &EcSignature::s}) {
    for (int change = 0; change < 4; ++change) {
      EcSignature bad = good;
      if (change == 0) (bad.*part)[20] ^= 1;
      if (change == 1) (bad.*part).assign(48, 0);
      if (change == 2) (bad.*part).pop_back();
      if (change == 3) (bad.*part).insert((bad.*part).begin(), 0);
      EXPECT_FALSE(ec_verify(p384().public_point(), message, bad)) << change;
    }
  }
  EXPECT_FALSE(ec_verify(EcKey::derive(Curve::kP384, {}, "other").public_point(), message, good));
  EXPECT_FALSE(ec_verify(base::Bytes(96, 1), message, good));
  EXPECT_FALSE(ec_verify({}, message, good));
}

TEST(EcSignature, IsReadBackFromDerAndFromItsHalves) {
  const EcSignature pair{base::Bytes(48, 0x80), base::Bytes(48, 0)};
  EXPECT_EQ(ec_signature_of(pair.joined()), pair);
  EXPECT_FALSE(ec_signature_of(base::View(pair.joined()).first(95)));
  const base::Bytes der = to_der(pair);
  EXPECT_EQ(ec_signature_from_der(Curve::kP384, der), pair);
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(ec_signature_from_der(Curve::kP384, base::View(der).first(size))) << size;
  }
  base::Bytes tailed = der;
  tailed.push_back(0);
  EXPECT_FALSE(ec_signature_from_der(Curve::kP384, tailed));
  EXPECT_FALSE(ec_signature_from_der(Curve::kP256, der)) << "too wide for the curve";
  EXPECT_FALSE(ec_signature_from_der(Curve::kP384, hex("30060201ff020101"))) << "negative";
}

}  // namespace
}  // namespace crypto
