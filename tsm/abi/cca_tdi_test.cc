// A realm's side of device assignment against an RMM and a host that say what the test wants.
#include "tsm/abi/cca_tdi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "platform/crypto/certificate.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/certificates.h"

namespace tsm_abi {
namespace {

using ccaproto::Registers;
using ccaproto::Rsi;
using tio::ManagedCall;

constexpr std::uint64_t kBuffer = 0x8000;
constexpr std::uint16_t kFunction = 0x100;

std::array<std::uint8_t, 64> padded(const base::Block<48>& digest) {
  std::array<std::uint8_t, 64> out{};
  std::ranges::copy(digest, out.begin());
  return out;
}

// A chain of one certificate, and the key in it as a host gives it to the RMM.
struct Identity {
  Identity() {
    crypto::Library library{5};
    const crypto::CertificateContent content{.subject = {.common_name = "device", .organization = {}},
                                             .issuer = {.common_name = "device", .organization = {}},
                                             .not_after = 4'000'000'000,
                                             .public_key = crypto::public_key_info(key.public_point()),
                                             .extensions = {}};
    const auto leaf = crypto::issue(content, library, {"test", "leaf"}, key);
    chain = spdm::certificate_chain_of(crypto::Digest::kSha384, {leaf.to_der()});
    point = {4};
    base::append(point, key.public_point());
  }
  crypto::EcKey key = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("a device"), "leaf");
  base::Bytes chain, point;
};

struct Platform final : CcaPlatform {
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override {
    return base::bytes_of(base::View(memory).subspan(gpa - kBuffer, count));
  }
  void write_private(std::uint64_t gpa, base::View bytes) override {
    std::ranges::copy(bytes, memory.begin() + static_cast<std::ptrdiff_t>(gpa - kBuffer));
  }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return read_private(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { write_private(gpa, bytes); }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count); }
  Registers rsi(const Registers& in) override {
    calls.push_back(in);
    switch (static_cast<Rsi>(in.x0)) {
      case Rsi::kFeatures: return {.x1 = features};
      case Rsi::kHostCall: {
        auto call = *wire::decode<ccaproto::HostCall>(read_private(in.x1, ccaproto::kHostCallBytes));
        asked.push_back(call.gprs[0]);
        call.gprs[0] = host_status;
        write_private(in.x1, wire::encode(call));
        return {};
      }
      case Rsi::kVdevGetInfo: write_private(in.x2, wire::encode(info)); return {};
      case Rsi::kIpaStateGet: return {.x1 = ripas};
      case Rsi::kIpaStateSet: return {.x1 = in.x2, .x2 = ccaproto::kResponseAccept};
      case Rsi::kVdevValidateMapping: return {.x1 = goes_on ? std::min(in.x2 + 4096, in.x3) : in.x2, .x2 = response};
      default: return {};
    }
  }
  base::Bytes memory = base::Bytes(4096);
  std::uint64_t features = ccaproto::kRsiFeatureDa, host_status = ccaproto::kRhiSuccess, ripas = 0, response = ccaproto::kResponseAccept;
  bool goes_on = true;
  ccaproto::VdevInfo info;
  std::vector<Registers> calls;
  std::vector<std::uint64_t> asked;
};

struct Tdi : testing::Test {
  Tdi() {
    platform.info = {.hash_algo = ccaproto::DigestAlgorithm::kSha384,
                     .lock_nonce = 11,
                     .meas_nonce = 12,
                     .report_nonce = 13,
                     .format_version = ccaproto::kReportTdisp10,
                     .state = ccaproto::RsiVdevState::kLocked,
                     .pubkey_digest = padded(crypto::sha384(identity.point))};
    platform.info.cert_digest[0] = 1, platform.info.meas_digest[0] = 2, platform.info.report_digest[0] = 3;
  }
  std::optional<base::Bytes> call(ManagedCall which, base::View in = {}) { return tdi.call(which, in, kFunction); }
  bool looks() { return call(ManagedCall::kInfo).has_value(); }
  bool validates(std::uint32_t pages = 2) { return call(ManagedCall::kValidate, wire::encode(tio::MmioRange{.first_page = 0x410000, .page_count = pages})).has_value(); }

  Identity identity;
  Platform platform;
  trust::Defences defences;
  CcaGuest guest{platform, kBuffer, defences};
  CcaTdi tdi{guest, platform, kBuffer, [this](std::uint16_t) { return identity.chain; }, defences, "vm0"};
};

TEST_F(Tdi, AsksTheHostForALockedMeasuredAndReportedInterface) {
  EXPECT_TRUE(call(ManagedCall::kBind));
  EXPECT_EQ(platform.asked, (std::vector<std::uint64_t>{0xC500'0054, 0xC500'0052, 0xC500'0053}));
  platform.host_status = ccaproto::kRhiErrorDevice;
  EXPECT_FALSE(call(ManagedCall::kBind));
  platform.host_status = ccaproto::kRhiSuccess;
  platform.features = 0;
  EXPECT_FALSE(call(ManagedCall::kBind)) << "a realm without devices";
}

TEST_F(Tdi, TellsWhatTheRmmSaid) {
  const auto answer = call(ManagedCall::kInfo);
  ASSERT_TRUE(answer);
  const auto info = wire::decode<tio::InterfaceInfo>(*answer);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->measured, 1);
  EXPECT_EQ(info->certificates[0], 1);
  EXPECT_EQ(info->measurements[0], 2);
  EXPECT_EQ(info->report[0], 3);
  platform.info.meas_nonce = 0;
  EXPECT_EQ(wire::decode<tio::InterfaceInfo>(*call(ManagedCall::kInfo))->fresh, 0);
}

TEST_F(Tdi, JudgesOnlyALockedInterfaceInWordsThatItKnows) {
  EXPECT_TRUE(looks());
  const std::function<void(ccaproto::VdevInfo&)> kWrong[] = {
      [](auto& i) { i.hash_algo = ccaproto::DigestAlgorithm::kSha256; }, [](auto& i) { i.format_type = 0; },
      [](auto& i) { i.format_version = 0; },                             [](auto& i) { i.state = ccaproto::RsiVdevState::kUnlocked; },
      [](auto& i) { i.state = ccaproto::RsiVdevState::kStarted; },       [](auto& i) { i.state = ccaproto::RsiVdevState::kError; },
      [](auto& i) { i.lock_nonce = 0; },                                 [](auto& i) { i.report_nonce = 0; }};
  const auto good = platform.info;
  for (const auto& spoil : kWrong) {
    platform.info = good;
    spoil(platform.info);
    EXPECT_FALSE(looks());
  }
}

TEST_F(Tdi, TheSessionIsWithTheKeyInTheCertificate) {
  platform.info.pubkey_digest[5] ^= 1;
  EXPECT_FALSE(looks());
  platform.info.pubkey_digest[5] ^= 1;
  EXPECT_TRUE(looks());
  identity.chain.clear();
  EXPECT_FALSE(looks()) << "the host carries none";
}

TEST_F(Tdi, RepeatsTheNoncesOfTheMomentWhenItLooked) {
  EXPECT_FALSE(validates()) << "of what it never looked at";
  ASSERT_TRUE(looks());
  platform.info.lock_nonce = 99;  // it is not asked again
  EXPECT_TRUE(validates(1));
  const Registers validate = platform.calls.back();
  EXPECT_EQ(validate, (Registers{.x0 = 0xC400'019F, .x1 = kFunction, .x2 = 0x4'1000'0000, .x3 = 0x4'1000'1000, .x4 = 0x4'1000'0000, .x6 = 11, .x7 = 12, .x8 = 13}));
  EXPECT_TRUE(call(ManagedCall::kEnableDma));
  EXPECT_EQ(platform.calls.back(), (Registers{.x0 = 0xC400'019C, .x1 = kFunction, .x4 = 11, .x5 = 12, .x6 = 13}));
  EXPECT_TRUE(call(ManagedCall::kDisableDma));
  EXPECT_EQ(platform.calls.back().x0, 0xC400'01A4u);
  EXPECT_TRUE(call(ManagedCall::kUnbind));
  EXPECT_FALSE(validates()) << "it let go";
}

TEST_F(Tdi, GoesOnUntilAllOfARangeIsItsOwn) {
  ASSERT_TRUE(looks());
  EXPECT_TRUE(validates(3));
  EXPECT_EQ(std::ranges::count(platform.calls, 0xC400'019Fu, &Registers::x0), 3);
  platform.goes_on = false;
  EXPECT_FALSE(validates()) << "a host that put nothing there";
  platform.goes_on = true;
  platform.response = ccaproto::kResponseReject;
  EXPECT_FALSE(validates());
}

TEST_F(Tdi, GivesUpWhatWasThereBefore) {
  ASSERT_TRUE(looks());
  platform.ripas = static_cast<std::uint64_t>(ccaproto::Ripas::kDestroyed);
  EXPECT_TRUE(validates(1));
  const auto set = std::ranges::find(platform.calls, 0xC400'0197u, &Registers::x0);
  ASSERT_NE(set, platform.calls.end());
  EXPECT_EQ(set->x3, static_cast<std::uint64_t>(ccaproto::Ripas::kEmpty));
  EXPECT_EQ(set->x4, ccaproto::kChangeDestroyed);
}

}  // namespace
}  // namespace tsm_abi
