#include "tsm/sev/legacy_launch.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "platform/protocol/sev/session.h"
#include "tsm/sev/test_machine.h"

namespace sev {
namespace {

using sevproto::Status;
using C = sevproto::Command;
constexpr std::uint64_t kData = 0x20'0000, kSecretPage = 0x20'8000;

template <std::size_t N>
base::Block<N> block(std::string_view hex) {
  base::Block<N> out{};
  std::ranges::copy(*base::from_hex(hex), out.begin());
  return out;
}
const sevproto::TransportKeys kKeys{block<16>("000102030405060708090a0b0c0d0e0f"), block<16>("66320db73158a35a255d051758e95ed4")};

// Written out from the specification with OpenSSL alone.
base::Bytes measure_by_hand(base::View tik, std::uint32_t policy, base::View digest, base::View mnonce) {
  base::Bytes data{0x04, 0x00, 0x12, 0x0f};
  base::append_le(data, policy);
  base::append(data, digest);
  base::append(data, mnonce);
  base::Bytes out(32);
  unsigned size = 0;
  HMAC(EVP_sha256(), tik.data(), static_cast<int>(tik.size()), data.data(), data.size(), out.data(), &size);
  return out;
}
base::Bytes sha256_by_hand(base::View data) {
  base::Bytes out(32);
  SHA256(data.data(), data.size(), out.data());
  return out;
}

struct Legacy : TestMachine {
  explicit Legacy(std::uint32_t policy = sevproto::kSevPolicyNoDebug, std::vector<std::string> lifted = {},
                  Level level = Level::kSevEs)
      : TestMachine(settings_at(level), lifted) {
    auto owner = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("owner"), "dh");
    session = *sevproto::seal_session(owner, psp.pdh_point(), kKeys, block<16>("00112233445566778899aabbccddeeff"), {}, policy);
    start = call(C::kLaunchStart, command::SevLaunchStart{policy, wire::encode(session)});
    (void)call(C::kActivate, command::SevActivate{handle, kAsid});
  }
  static PspSettings settings_at(Level level) {
    PspSettings settings;
    settings.level = level;
    settings.sev_api = {.build = 0x0f, .minor = 0x12, .major = 0};
    return settings;
  }
  CallResult update(base::View data, std::uint64_t at = kData, C command = C::kLaunchUpdateData) {
    write_host(at, data);
    return call(command, command::SevLaunchUpdate{handle, at, static_cast<std::uint32_t>(data.size())});
  }
  sevproto::MeasureBlob measure() {
    return *wire::decode<sevproto::MeasureBlob>(call(C::kLaunchMeasure, command::SevHandle{handle}).out);
  }
  CallResult inject(const sevproto::Measure& measure) {
    auto packet = sevproto::seal_secret(kKeys.tek, kKeys.tik, {}, measure, base::view_of("disk key 16 byte"));
    base::Bytes bytes = wire::encode(packet.header);
    base::append(bytes, packet.data);
    return call(C::kLaunchSecret, command::SevLaunchSecret{handle, kSecretPage, 16, bytes});
  }
  std::uint32_t handle = 1;
  sevproto::Session session;
  CallResult start;
};

TEST(LegacyLaunch, TheMeasurementIsThePublishedFunction) {
  base::Bytes tik = *base::from_hex("66320db73158a35a255d051758e95ed4");
  ASSERT_EQ(
      base::to_hex(measure_by_hand(tik, 0, sha256_by_hand({}), *base::from_hex("4fbe0bedbad6c86ae8f68971d103e554"))),
      "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
  Legacy empty(0), filled(5);
  auto blob = empty.measure();
  EXPECT_EQ(base::bytes_of(base::View(blob.measure)), measure_by_hand(tik, 0, sha256_by_hand({}), blob.mnonce));
  base::Bytes data(8192, 3), vmsa(4096, 4), all = data;
  base::append(all, vmsa);
  ASSERT_TRUE(filled.update(data).ok());
  ASSERT_TRUE(filled.update(vmsa, 0x21'0000, C::kLaunchUpdateVmsa).ok());
  blob = filled.measure();
  EXPECT_EQ(base::bytes_of(base::View(blob.measure)), measure_by_hand(tik, 5, sha256_by_hand(all), blob.mnonce));
  EXPECT_EQ(filled.read(memory::KeyId{TestMachine::kAsid}, kData, 8192), data);
  EXPECT_NE(filled.read(TestMachine::kNone, kData, 8192), data);
}

TEST(LegacyLaunch, ASecretEntersOnlyTheGuestThatWasMeasured) {
  Legacy m, other, lifted(1, {"sev.launch-secret.measure"});
  for (Legacy* each : {&m, &other, &lifted}) (void)each->update(base::Bytes(16, each == &m ? 1 : 2));
  auto seen = m.measure().measure;
  (void)other.measure(), (void)lifted.measure();
  ASSERT_TRUE(m.inject(seen).ok());
  EXPECT_EQ(base::text_of(m.read(memory::KeyId{TestMachine::kAsid}, kSecretPage, 16)), "disk key 16 byte");
  CallResult no = other.inject(seen);
  EXPECT_EQ(no.status, Status::kBadMeasurement);
  EXPECT_EQ(no.refusal->by->id, "sev.launch-secret.measure");
  EXPECT_TRUE(lifted.inject(seen).ok());
  EXPECT_EQ(base::text_of(lifted.read(memory::KeyId{TestMachine::kAsid}, kSecretPage, 16)), "disk key 16 byte");
}

TEST(LegacyLaunch, DebuggingFollowsThePolicyAndGivesPlaintext) {
  auto attempt = [](std::uint32_t policy, std::vector<std::string> lifted) {
    Legacy m(policy, lifted);
    base::Bytes data(4096, 0x42);
    (void)m.update(data);
    CallResult r = m.call(C::kDbgDecrypt, command::SevDebug{1, kData, 0x60'0000, 4096});
    EXPECT_EQ(m.read(TestMachine::kNone, 0x60'0000) == data, r.ok());
    return r.status;
  };
  EXPECT_EQ(attempt(sevproto::kSevPolicyNoDebug, {}), Status::kPolicyFailure);
  EXPECT_EQ(attempt(0, {}), Status::kSuccess);
  EXPECT_EQ(attempt(sevproto::kSevPolicyNoDebug, {"sev.debug.policy"}), Status::kSuccess);
}

TEST(LegacyLaunch, TheSessionBindsKeysAndPolicy) {
  Legacy m(1);
  EXPECT_TRUE(m.start.ok());
  EXPECT_EQ(m.call(C::kLaunchStart, command::SevLaunchStart{0, wire::encode(m.session)}).status,
            Status::kBadMeasurement);
  sevproto::Session altered = m.session;
  altered.wrap_tk[3] ^= 1;
  EXPECT_EQ(m.call(C::kLaunchStart, command::SevLaunchStart{1, wire::encode(altered)}).status, Status::kBadMeasurement);
  altered = m.session;
  altered.owner_point[3] ^= 1;
  EXPECT_EQ(m.call(C::kLaunchStart, command::SevLaunchStart{1, wire::encode(altered)}).status, Status::kBadMeasurement);
  EXPECT_EQ(Legacy(0x0001'0000).start.status, Status::kPolicyFailure) << "a later API is asked for";
  EXPECT_EQ(Legacy(sevproto::kSevPolicyEs, {}, Level::kSev).start.status, Status::kUnsupported);
}

TEST(LegacyLaunch, EveryStateWithEveryCommand) {
  const std::pair<C, int> rows[] = {
      {C::kLaunchUpdateData, 0}, {C::kLaunchMeasure, 0}, {C::kLaunchSecret, 1}, {C::kLaunchFinish, 1}};
  for (auto [command, home] : rows) {
    for (int state = 0; state < 3; ++state) {
      Legacy m;
      sevproto::Measure measure{};
      if (state >= 1) measure = m.measure().measure;
      if (state >= 2) (void)m.call(C::kLaunchFinish, command::SevHandle{1});
      CallResult r;
      if (command == C::kLaunchUpdateData) r = m.update(base::Bytes(16));
      if (command == C::kLaunchSecret) r = m.inject(measure);
      if (command == C::kLaunchMeasure || command == C::kLaunchFinish) r = m.call(command, command::SevHandle{1});
      EXPECT_EQ(r.status, state == home ? Status::kSuccess : Status::kInvalidGuestState)
          << name_of(command) << " in " << state;
    }
  }
}

TEST(LegacyLaunch, BadOperandsAreRefused) {
  Legacy m;
  EXPECT_EQ(m.call(C::kLaunchUpdateData, command::SevLaunchUpdate{2, kData, 16}).status, Status::kInvalidGuest);
  EXPECT_EQ(m.call(C::kLaunchUpdateData, command::SevLaunchUpdate{1, kData, 15}).status, Status::kInvalidLength);
  EXPECT_EQ(m.call(C::kLaunchUpdateData, command::SevLaunchUpdate{1, kData + 1, 16}).status, Status::kInvalidAddress);
  EXPECT_EQ(m.call(C::kLaunchUpdateData, command::SevLaunchUpdate{1, TestMachine::kBytes, 16}).status,
            Status::kInvalidAddress);
  EXPECT_EQ(m.call(C::kLaunchUpdateData, command::SevLaunchUpdate{1, 0, 0xFFFF'FFF0}).status, Status::kInvalidLength);
  EXPECT_EQ(m.update(base::Bytes(4096), kData, C::kLaunchUpdateVmsa).status, Status::kPolicyFailure);
  EXPECT_TRUE(m.call(C::kDecommission, command::SevHandle{1}).ok());
  EXPECT_EQ(m.call(C::kLaunchMeasure, command::SevHandle{1}).status, Status::kInvalidGuest);
}

}  // namespace
}  // namespace sev
