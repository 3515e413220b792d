#include "guest/relying_party/sev_verifier.h"

#include <gtest/gtest.h>

#include "guest/relying_party/sev_rules.h"
#include "guest/relying_party/test_evidence.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace relying_party {
namespace {

constexpr std::uint32_t kGuestPolicy = sevproto::kSevPolicyNoDebug | sevproto::kSevPolicySev;

template <std::size_t N>
base::Block<N> hex(std::string_view text) {
  base::Block<N> out{};
  auto bytes = base::from_hex(text).value();
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

base::Block<16> derived(base::View key, std::string_view label, base::View context) {
  base::Block<16> out{};
  auto bytes = crypto::sp800_108_sha256(key, label, context, 16);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::string verdict(const trust::Result<>& result) {
  return result ? "accepted" : std::string(result.refusal().by->id);
}

// The platform's part, written down from the specification: unwraps the session and measures.
struct Platform {
  crypto::EcKey key = make_channel_key(test::random_from("platform"));
  sevproto::Tek tek{};
  sevproto::Tik tik{};

  bool launch(const sevproto::Session& s, std::uint32_t policy) {
    auto shared = key.ecdh(s.owner_point);
    if (!shared) return false;
    auto master = derived(*shared, "sev-master-secret", s.nonce);
    if (crypto::hmac_sha256(derived(master, "sev-kik", {}), s.wrap_tk) != s.wrap_mac) return false;
    auto keys = crypto::aes128_ctr(derived(master, "sev-kek", {}), s.wrap_iv, s.wrap_tk);
    std::copy_n(keys.begin(), 16, tek.begin());
    std::copy_n(keys.begin() + 16, 16, tik.begin());
    base::Bytes packed;
    base::append_le(packed, policy);
    return crypto::hmac_sha256(tik, packed) == s.policy_mac;
  }
  LaunchReport measure(std::uint32_t policy, const base::Block<32>& digest) const {
    LaunchReport out{.api_major = 0, .api_minor = 24, .build = 15, .policy = policy, .measure = {}};
    out.measure.mnonce.fill(0x4e);
    out.measure.measure = sevproto::launch_measure(tik, {0, 24, 15, policy, digest, out.measure.mnonce});
    return out;
  }
};

struct Launch {
  base::Block<32> digest = crypto::sha256(base::view_of("image"));
  trust::Defences defences;
  SevOwner owner{{.digests = {crypto::sha256(base::view_of("older image")), digest}, .allow_debug = false},
                 test::random_from("owner"),
                 defences};
  Platform platform;
  sevproto::Session session = *owner.session(platform.key.public_point(), kGuestPolicy);
};

TEST(SevOwner, ThePlatformGetsItsKeysAndTheGuestItsSecret) {
  Launch l;
  ASSERT_TRUE(l.platform.launch(l.session, kGuestPolicy));
  auto report = l.platform.measure(kGuestPolicy, l.digest);
  auto packet = l.owner.release(report, base::view_of("the disk key"));
  ASSERT_TRUE(packet);
  auto opened = sevproto::open_secret(l.platform.tek, l.platform.tik, report.measure.measure, *packet, 12);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, base::bytes_of("the disk key"));
}

TEST(SevOwner, ASessionIsForOnePlatformAndOnePolicy) {
  Launch l;
  EXPECT_FALSE(l.platform.launch(l.session, kGuestPolicy & ~sevproto::kSevPolicyNoDebug));
  Platform other{.key = make_channel_key(test::random_from("other platform"))};
  EXPECT_FALSE(other.launch(l.session, kGuestPolicy));
  EXPECT_FALSE(l.owner.session(base::Bytes(96, 1), kGuestPolicy));
}

TEST(SevOwner, WrapsKeysOnlyForAPlatformThatItKnowsWhereItKeepsAList) {
  Launch l;
  const auto& known = l.platform.key.public_point();
  const auto stranger = make_channel_key(test::random_from("other platform")).public_point();
  SevPolicy policy{.digests = {l.digest}};
  policy.platforms = {known};
  SevOwner owner(policy, test::random_from("careful owner"), l.defences);
  EXPECT_TRUE(owner.session(known, kGuestPolicy));
  EXPECT_FALSE(owner.session(stranger, kGuestPolicy));
  l.defences.lift("rp.sev.platform-key");
  EXPECT_TRUE(owner.session(stranger, kGuestPolicy));
}

TEST(SevOwner, AgreesWithThePublishedMeasurement) {
  // TIK, API 0.18 build 15, policy 0, empty image: virtee/sev, session tests.
  auto tik = hex<16>("66320db73158a35a255d051758e95ed4");
  Random random = [&](std::size_t size) { return size == 16 ? base::bytes_of(tik) : base::Bytes(size, 1); };
  trust::Defences defences;
  SevOwner owner({.digests = {crypto::sha256({})}, .allow_debug = true}, random, defences);
  LaunchReport report{.api_major = 0x00, .api_minor = 0x12, .build = 0x0f, .policy = 0, .measure = {}};
  report.measure.mnonce = hex<16>("4fbe0bedbad6c86ae8f68971d103e554");
  report.measure.measure = hex<32>("6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
  EXPECT_EQ(verdict(owner.appraise(report)), "accepted");
  report.measure.measure[31] ^= 1;
  EXPECT_EQ(verdict(owner.appraise(report)), "rp.sev.measurement");
}

TEST(SevOwner, RefusesAnotherImageAndGivesNothing) {
  Launch l;
  ASSERT_TRUE(l.platform.launch(l.session, kGuestPolicy));
  auto report = l.platform.measure(kGuestPolicy, crypto::sha256(base::view_of("backdoor")));
  EXPECT_EQ(verdict(l.owner.appraise(report)), "rp.sev.measurement");
  EXPECT_FALSE(l.owner.release(report, base::view_of("the disk key")));
  l.defences.lift("rp.sev.measurement");
  EXPECT_TRUE(l.owner.release(report, base::view_of("the disk key")));
}

TEST(SevOwner, RefusesAGuestThatCanBeDebugged) {
  Launch l;
  ASSERT_TRUE(l.platform.launch(l.session, kGuestPolicy));
  auto report = l.platform.measure(sevproto::kSevPolicySev, l.digest);
  EXPECT_EQ(verdict(l.owner.appraise(report)), "rp.sev.policy-debug");
  l.defences.lift("rp.sev.policy-debug");
  EXPECT_EQ(verdict(l.owner.appraise(report)), "accepted");
}

TEST(SevOwner, EverythingReportedIsUnderTheMac) {
  Launch l;
  ASSERT_TRUE(l.platform.launch(l.session, kGuestPolicy));
  const auto good = l.platform.measure(kGuestPolicy, l.digest);
  void (*lies[])(LaunchReport&) = {
      [](LaunchReport& r) { ++r.api_major; },         [](LaunchReport& r) { ++r.api_minor; },
      [](LaunchReport& r) { ++r.build; },             [](LaunchReport& r) { r.policy |= sevproto::kSevPolicyNoSend; },
      [](LaunchReport& r) { ++r.measure.mnonce[0]; }, [](LaunchReport& r) { ++r.measure.measure[0]; },
  };
  for (auto lie : lies) {
    auto report = good;
    lie(report);
    EXPECT_EQ(verdict(l.owner.appraise(report)), "rp.sev.measurement");
  }
  EXPECT_EQ(verdict(l.owner.appraise(good)), "accepted");
}

TEST(SevOwner, APacketIsForOneMeasurementAndNoIvServesTwice) {
  Launch l;
  ASSERT_TRUE(l.platform.launch(l.session, kGuestPolicy));
  auto report = l.platform.measure(kGuestPolicy, l.digest);
  auto one = l.owner.release(report, base::view_of("secret")), two = l.owner.release(report, base::view_of("secret"));
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->header.iv, two->header.iv);
  sevproto::Measure other = report.measure.measure;
  other[0] ^= 1;
  EXPECT_FALSE(sevproto::open_secret(l.platform.tek, l.platform.tik, other, *one, 6));
}

TEST(SevOwner, TheSessionHasTheLayoutOfLaunchStart) {
  Launch l;
  auto raw = wire::encode(l.session);
  EXPECT_EQ(raw.size(), 224u);
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<sevproto::Session>(base::View(raw).first(n)));
  EXPECT_TRUE(wire::decode<sevproto::Session>(raw));
  raw.push_back(0);
  EXPECT_FALSE(wire::decode<sevproto::Session>(raw));
}

TEST(SevOwner, EveryRowDetects) {
  std::vector<const trust::Defence*> rows;
  collect_sev_defences(rows);
  ASSERT_EQ(rows.size(), 3u);
  for (const auto* row : rows) EXPECT_EQ(row->act, trust::Act::kDetect);
}

}  // namespace
}  // namespace relying_party
