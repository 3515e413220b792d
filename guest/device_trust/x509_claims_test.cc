#include "guest/device_trust/x509_claims.h"

#include <gtest/gtest.h>

#include "guest/device_trust/test_device.h"
#include "platform/crypto/der.h"
#include "platform/protocol/spdm/certificates.h"

namespace device_trust {
namespace {

namespace der = crypto::der;

Claims claims_with(std::vector<crypto::Extension> extensions) {
  return claims_of(test::issue_chain({{.name = "x", .key = "x", .extensions = std::move(extensions)}}).front());
}
base::Bytes hex(std::string_view digits) { return *base::from_hex(digits); }

TEST(Claims, ReadsWhatADeviceCertificateSays) {
  const Claims claims =
      claims_of(test::issue_chain(test::honest_chain("vendor", "device", {.vendor_id = 0x1b36})).back());
  EXPECT_TRUE(claims.well_formed);
  EXPECT_EQ(claims.constraints, BasicConstraints{});
  EXPECT_EQ(claims.key_usage, kUsageDigitalSignature);
  EXPECT_TRUE(claims.has_purpose(spdm::kOidResponderAuth));
  EXPECT_FALSE(claims.has_purpose(spdm::kOidRequesterAuth));
  EXPECT_TRUE(claims.has_mark(spdm::kOidHardwareIdentity));
  ASSERT_EQ(claims.other_names.size(), 1u);
  EXPECT_EQ(claims.other_names[0].oid, der::object_id(spdm::kOidPciSigCma));
  EXPECT_EQ(claims.other_names[0].text, "Vendor=1b36:Device=0000:CC=000000:REV=00");
}

TEST(Claims, ReadsAuthorities) {
  const Claims claims = claims_with({{"2.5.29.19", hex("30060101ff020102"), true}, crypto::key_usage_authority()});
  EXPECT_TRUE(claims.well_formed);
  EXPECT_TRUE(claims.is_authority());
  EXPECT_EQ(claims.constraints->path_length, 2u);
  EXPECT_TRUE(claims.may(kUsageCertificateSign));
}

TEST(Claims, RefusesWhatIsNotOfItsForm) {
  const std::vector<crypto::Extension> bad[] = {
      {{"2.5.29.19", hex("3003010100"), true}},            // FALSE spelled out
      {{"2.5.29.19", hex("3003020102"), true}},            // a path length of no authority
      {{"2.5.29.19", hex("30030101ff00"), true}},          // a tail
      {{"2.5.29.15", hex("030100"), true}},                // no bits
      {{"2.5.29.15", hex("03020880"), true}},              // eight unused bits
      {{"2.5.29.37", hex("3000"), true}},                  // no purpose
      {{"2.5.29.37", hex("3003020101"), true}},            // a number for a purpose
      {{"2.5.29.17", hex("3002a000"), false}},             // a name without OID
      {{"2.5.29.17", hex("300aa00806022917a1020c00"), false}},  // its value under another tag
      {{"1.3.6.1.4.1.412.274.6", hex("0500"), false}},
      {{"1.2.3.4", hex("0500"), true}},  // critical and unknown
      {crypto::basic_constraints(false), crypto::basic_constraints(false)},
  };
  for (const auto& extensions : bad)
    EXPECT_FALSE(claims_with(extensions).well_formed) << base::to_hex(extensions[0].value);
  EXPECT_TRUE(claims_with({{"1.2.3.4", hex("0500"), false}}).well_formed);
}

TEST(Claims, ANameThatIsNoUtf8TextMatchesNothing) {
  const base::Bytes value = der::element(der::context(0), der::text(der::kIa5String, "Vendor=1b36"));
  const base::Bytes name = der::element(der::context(0), der::joined({der::object_id(spdm::kOidPciSigCma), value}));
  const Claims claims = claims_with({{"2.5.29.17", der::sequence({name}), false}});
  ASSERT_EQ(claims.other_names.size(), 1u);
  EXPECT_EQ(claims.other_names[0].text, "");
}

}  // namespace
}  // namespace device_trust
