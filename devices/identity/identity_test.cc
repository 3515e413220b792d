#include "devices/identity/identity.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

#include "devices/identity/firmware.h"
#include <gtest/gtest.h>
#include "platform/base/check.h"

namespace identity {
namespace {

constexpr std::uint64_t kSeed = 7;
const crypto::CalendarTime kNow = crypto::calendar_time(2030, 6, 1);

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* p) const {
    kFree(p);
  }
};
using X509Owned = std::unique_ptr<X509, Free<X509_free>>;

X509Owned parse(const base::Bytes& der) {
  const unsigned char* at = der.data();
  return X509Owned(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// What OpenSSL's own path validation, strict, says of the chain at that time.
int openssl_verdict(const std::vector<base::Bytes>& chain, crypto::CalendarTime at) {
  std::unique_ptr<X509_STORE, Free<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), parse(chain.front()).get());
  STACK_OF(X509)* middle = sk_X509_new_null();
  std::vector<X509Owned> kept;
  for (std::size_t i = 1; i + 1 < chain.size(); ++i) {
    kept.push_back(parse(chain[i]));
    sk_X509_push(middle, kept.back().get());
  }
  const X509Owned leaf = parse(chain.back());
  std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), middle);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_X509_STRICT);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(at));
  X509_verify_cert(context.get());
  const int verdict = X509_STORE_CTX_get_error(context.get());
  sk_X509_free(middle);
  return verdict;
}

class Chains : public testing::TestWithParam<std::tuple<crypto::Curve, spdm::CertificateModel>> {};

TEST_P(Chains, AreAcceptedByOpenssl) {
  crypto::Library library(kSeed);
  const auto [curve, model] = GetParam();
  const Slot slot = provision({}, {.curve = curve, .model = model}, 0, kSeed, library);
  EXPECT_EQ(slot.chain.size(), model == spdm::CertificateModel::kAlias ? 4u : 3u);
  EXPECT_EQ(openssl_verdict(slot.chain, kNow), X509_V_OK);
  const auto leaf = crypto::Certificate::from_der(slot.leaf());
  ASSERT_TRUE(leaf);
  EXPECT_EQ(*leaf->public_point(), slot.key.public_point());
  EXPECT_FALSE(leaf->is_authority());
  EXPECT_EQ(slot.root(), manufacturer_root("Glacis Devices", curve, {}, kSeed, library).to_der());
}
INSTANTIATE_TEST_SUITE_P(All, Chains,
                         testing::Combine(testing::Values(crypto::Curve::kP256, crypto::Curve::kP384,
                                                          crypto::Curve::kP521),
                                          testing::Values(spdm::CertificateModel::kDevice,
                                                          spdm::CertificateModel::kAlias)));

TEST(Identity, SaysThatItIsEmulated) {
  crypto::Library library(kSeed);
  const Identity device = provisioned({}, {}, kSeed, library);
  for (const base::Bytes& der : device.slots[0]->chain)
    EXPECT_NE(crypto::Certificate::from_der(der)->common_name().find("Glacis emulated"), std::string::npos);
}

TEST(Identity, LeafNamesTheDevice) {
  crypto::Library library(kSeed);
  const Description description{.serial_number = "SN42", .vendor_id = 0x1b36, .device_id = 0x0010,
                                .class_code = 0x010802, .revision = 2};
  EXPECT_EQ(pci_name_of(description), "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100");
  const Slot slot = provision(description, {}, 0, kSeed, library);
  const auto leaf = crypto::Certificate::from_der(slot.leaf());
  const base::Bytes* names = leaf->find_extension("2.5.29.17");
  ASSERT_NE(names, nullptr);
  EXPECT_NE(base::text_of(*names).find(pci_name_of(description)), std::string::npos);
  EXPECT_NE(base::text_of(*names).find("Glacis Devices:Accelerator:SN42"), std::string::npos);
  // 1.3.6.1.4.1.412.274.3 in DER.
  const base::Bytes purpose = *base::from_hex("300c060a2b06010401831c821203");
  ASSERT_NE(leaf->find_extension("2.5.29.37"), nullptr);
  EXPECT_EQ(*leaf->find_extension("2.5.29.37"), purpose);
}

TEST(Identity, MarksHardwareIdentityWhereItBelongs) {
  crypto::Library library(kSeed);
  const base::Bytes hardware = *base::from_hex("060a2b06010401831c821202");
  auto marked = [&](const base::Bytes& der) {
    const auto certificate = crypto::Certificate::from_der(der);
    const base::Bytes* mark = certificate->find_extension(spdm::kOidSpdmExtension);
    return mark != nullptr && base::text_of(*mark).find(base::text_of(hardware)) != std::string::npos;
  };
  const Slot device = provision({}, {}, 0, kSeed, library);
  EXPECT_TRUE(marked(device.leaf()));
  const Slot alias = provision({}, {.model = spdm::CertificateModel::kAlias}, 0, kSeed, library);
  EXPECT_FALSE(marked(alias.leaf()));
  EXPECT_TRUE(marked(alias.chain[2]));
}

TEST(Identity, ExpiresWhenTold) {
  crypto::Library library(kSeed);
  const Validity short_lived{crypto::calendar_time(2024, 1, 1), crypto::calendar_time(2025, 1, 1)};
  const Slot slot = provision({}, {.leaf = short_lived}, 0, kSeed, library);
  EXPECT_EQ(openssl_verdict(slot.chain, kNow), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(openssl_verdict(slot.chain, crypto::calendar_time(2024, 6, 1)), X509_V_OK);
}

TEST(Identity, FollowsFromSeedAndDescription) {
  crypto::Library library(kSeed), again(kSeed);
  const Slot one = provision({}, {}, 0, kSeed, library);
  EXPECT_EQ(one.chain, provision({}, {}, 0, kSeed, again).chain);
  EXPECT_NE(one.leaf(), provision({}, {}, 1, kSeed, library).leaf());
  EXPECT_NE(one.leaf(), provision({}, {}, 0, kSeed + 1, library).leaf());
  EXPECT_NE(one.leaf(), provision({.serial_number = "2"}, {}, 0, kSeed, library).leaf());
  EXPECT_EQ(one.root(), provision({.serial_number = "2"}, {}, 0, kSeed, library).root());
}

TEST(Firmware, TellsItsMeasurements) {
  const Firmware firmware = firmware_of("gpu", "1.2.3", 4);
  const auto blocks = firmware.blocks(crypto::Digest::kSha384, false);
  ASSERT_EQ(blocks.size(), 8u);
  const auto first = wire::decode<spdm::DmtfMeasurement>(blocks[0].measurement);
  EXPECT_EQ(first->value, crypto::hash(crypto::Digest::kSha384, base::view_of("gpu rom")));
  EXPECT_FALSE(first->is_raw());
  const auto version = wire::decode<spdm::DmtfMeasurement>(blocks[4].measurement);
  EXPECT_EQ(version->type(), spdm::MeasurementType::kVersion);
  EXPECT_TRUE(version->is_raw());
  EXPECT_EQ(base::text_of(version->value), "1.2.3");
  const auto raw = firmware.blocks(crypto::Digest::kSha384, true);
  EXPECT_EQ(base::text_of(wire::decode<spdm::DmtfMeasurement>(raw[0].measurement)->value), "gpu rom");
}

TEST(Firmware, ShowsDebugMode) {
  Firmware firmware = firmware_of("gpu", "1.2.3", 4);
  const auto quiet = firmware.tcb_blocks(crypto::Digest::kSha256);
  firmware.debug = true;
  const auto debugged = firmware.tcb_blocks(crypto::Digest::kSha256);
  EXPECT_NE(quiet.back(), debugged.back());
  EXPECT_EQ(debugged.back().index, spdm::kIndexDeviceMode);
  const auto mode = wire::decode<spdm::DmtfMeasurement>(debugged.back().measurement);
  EXPECT_EQ(wire::decode<spdm::DeviceMode>(mode->value)->device_mode_state & spdm::kDebugInvasiveActive,
            spdm::kDebugInvasiveActive);
}

TEST(Firmware, RefusesAnIndexTwice) {
  Firmware firmware = firmware_of("gpu", "1.2.3", 4);
  firmware.components.push_back({kIndexVersion, spdm::MeasurementType::kInformational, {}});
  EXPECT_THROW(firmware.all(), base::Bug);
}

TEST(Provision, ALeafBelowAnotherDevicesLeafIsNoChainToOpenssl) {
  crypto::Library library(kSeed);
  const Slot slot = provision({}, {.below = "0099"}, 0, kSeed, library);
  ASSERT_EQ(slot.chain.size(), 4u);
  EXPECT_EQ(openssl_verdict(slot.chain, kNow), X509_V_ERR_INVALID_CA);
  // The one above is a genuine device's whole chain.
  EXPECT_EQ(openssl_verdict({slot.chain.begin(), slot.chain.end() - 1}, kNow), X509_V_OK);
}

TEST(Provision, ALeafSignedBySomebodyElseFailsAtItsSignatureAlone) {
  crypto::Library library(kSeed);
  const Slot honest = provision({}, {}, 0, kSeed, library), other = provision({}, {.signer = "somebody"}, 0, kSeed, library);
  EXPECT_EQ(openssl_verdict(other.chain, kNow), X509_V_ERR_CERT_SIGNATURE_FAILURE);
  EXPECT_EQ(other.chain[0], honest.chain[0]);
  EXPECT_EQ(other.chain[1], honest.chain[1]);
  EXPECT_EQ(other.key.public_point(), honest.key.public_point());
}

TEST(Provision, AKeyForAgreementIsCertifiedForNoSignature) {
  crypto::Library library(kSeed);
  const Slot slot = provision({}, {.key_agreement = true}, 0, kSeed, library);
  EXPECT_EQ(openssl_verdict(slot.chain, kNow), X509_V_OK);
  const X509Owned leaf = parse(slot.leaf());
  EXPECT_EQ(X509_get_key_usage(leaf.get()), static_cast<std::uint32_t>(KU_KEY_AGREEMENT));
}

TEST(Provision, ARestrictionIsCriticalAndUnknownToOpenssl) {
  crypto::Library library(kSeed);
  const Slot slot = provision({}, {.restricted_to = "use in the laboratory"}, 0, kSeed, library);
  EXPECT_EQ(openssl_verdict(slot.chain, kNow), X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION);
}

TEST(RevocationLists, NameTheDeviceAndAreSignedByItsAuthority) {
  crypto::Library library(kSeed);
  const Slot slot = provision({}, {}, 0, kSeed, library);
  Description other;
  other.serial_number = "0002";
  const auto list = revocation_list(Description{}.manufacturer, crypto::Curve::kP384,
                                    {leaf_serial({}, 0, crypto::Curve::kP384)}, {}, kSeed, library);
  const auto authority = crypto::Certificate::from_der(slot.chain[1]), leaf = crypto::Certificate::from_der(slot.leaf());
  const auto next = crypto::Certificate::from_der(provision(other, {}, 0, kSeed, library).leaf());
  ASSERT_TRUE(authority && leaf && next);
  EXPECT_TRUE(list.names_as_issuer(*authority));
  EXPECT_TRUE(list.signed_by(authority->public_key()));
  EXPECT_TRUE(list.revokes(*leaf));
  EXPECT_FALSE(list.revokes(*next));
}

}  // namespace
}  // namespace identity
