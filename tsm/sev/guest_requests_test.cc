#include "tsm/sev/guest_requests.h"

#include <gtest/gtest.h>

#include "tsm/sev/test_machine.h"

namespace sev {
namespace {

using sevproto::MessageType;
using sevproto::Status;
using C = sevproto::Command;
constexpr std::uint64_t kReq = 0x50'0000, kRes = 0x50'1000;

struct Running : TestMachine {
  explicit Running(PspSettings settings = {}, std::vector<std::string> lifted = {}, std::uint64_t flags = 0)
      : TestMachine(settings, lifted) {
    begin();
    (void)add(sevproto::PageType::kNormal, 0x20'0000, 0x1000, base::Bytes(4096, 9));
    (void)finish({.flags = flags, .host_data = {1, 2, 3}});
  }
  sevproto::SealedMessage seal(MessageType type, base::View payload, std::uint64_t seqno, std::uint8_t vmpck = 0) {
    return sevproto::seal_message(context().vmpck[vmpck], vmpck, seqno, type, payload);
  }
  CallResult deliver(const sevproto::SealedMessage& message) {
    base::Bytes page = wire::encode(message);
    page.resize(4096);
    write_host(kReq, page);
    return call(C::kSnpGuestRequest, command::GuestRequest{kContext, kReq, kRes});
  }
  // The opened payload of the answer; empty when there is none.
  base::Bytes ask(MessageType type, base::View payload, std::uint64_t seqno, std::uint8_t vmpck = 0) {
    auto message = seal(type, payload, seqno, vmpck);
    if (!deliver(message).ok()) return {};
    base::Bytes page = read(kNone, kRes);
    base::View front(page);
    auto answer = wire::decode_front<sevproto::SealedMessage>(front);
    EXPECT_TRUE(answer && sevproto::answers(answer->header, message.header));
    auto opened = sevproto::open_message(context().vmpck[vmpck], page);
    EXPECT_TRUE(opened);
    return opened ? *opened : base::Bytes{};
  }
  sevproto::ReportResponse ask_report(sevproto::ReportRequest request, std::uint64_t seqno, std::uint8_t vmpck = 0) {
    auto response =
        wire::decode<sevproto::ReportResponse>(ask(MessageType::kReportReq, wire::encode(request), seqno, vmpck));
    EXPECT_TRUE(response);
    return response ? *response : sevproto::ReportResponse{};
  }
};
bool signed_by(base::View raw, const crypto::EcKey& key) {
  auto report = wire::decode<sevproto::Report>(raw);
  if (!report) return false;
  auto r = sevproto::be48_of(report->signature.r), s = sevproto::be48_of(report->signature.s);
  return r && s &&
         crypto::ec_verify(key.public_point(), sevproto::signed_part(raw),
                           {base::bytes_of(base::View(*r)), base::bytes_of(base::View(*s))});
}
sevproto::ReportRequest ask_for(std::uint32_t vmpl, sevproto::ReportKey key = sevproto::ReportKey::kAuto) {
  sevproto::ReportRequest request;
  request.report_data.fill(0x5A);
  request.vmpl = vmpl;
  request.key_sel = key;
  return request;
}

TEST(GuestRequests, AReportVerifiesAndSaysWhatIsSo) {
  for (std::uint32_t version : {2u, 3u, 5u}) {
    PspSettings settings;
    settings.report_version = version;
    settings.mit_vector = 6;
    Running m(settings);
    auto response = m.ask_report(ask_for(2), 1);
    ASSERT_EQ(response.report.size(), sevproto::kReportSize);
    EXPECT_TRUE(signed_by(response.report, vcek(m.chip, settings.reported)));
    Tcb other = settings.reported;
    other.snp -= 1;
    EXPECT_FALSE(signed_by(response.report, vcek(m.chip, other)));
    auto report = *wire::decode<sevproto::Report>(response.report);
    EXPECT_EQ(report.version, version);
    EXPECT_EQ(report.policy, TestMachine::kPolicy);
    EXPECT_EQ(report.vmpl, 2u);
    EXPECT_EQ(report.report_data, ask_for(0).report_data);
    EXPECT_EQ(report.measurement, m.context().digest);
    EXPECT_EQ(report.host_data[2], 3);
    EXPECT_EQ(report.report_id, m.context().report_id);
    EXPECT_EQ(report.chip_id, m.chip.hwid);
    EXPECT_EQ(report.reported_tcb, pack(settings.reported, Product::kMilan));
    EXPECT_EQ(report.launch_tcb, pack(settings.current, Product::kMilan));
    EXPECT_EQ(report.current.minor, settings.firmware.minor);
    EXPECT_EQ(sevproto::signing_key(report.key_info), sevproto::SigningKey::kVcek);
    EXPECT_EQ(report.platform_info,
              sevproto::kPlatformSmtEn | sevproto::kPlatformEccEn | sevproto::kPlatformAliasCheckComplete);
    EXPECT_EQ(report.cpuid_fam_id, version >= 3 ? 0x19 : 0);
    EXPECT_EQ(report.launch_mit_vector, version >= 5 ? 6u : 0u);
    EXPECT_TRUE(sevproto::fields_fit_version(report));
  }
}

TEST(GuestRequests, AnAliasInMemoryKeepsThePlatformBitAway) {
  TestMachine m;
  m.memory.aliasing().set_alias(1ull << 25);
  m.begin();
  EXPECT_EQ(m.psp.state().platform_info() & sevproto::kPlatformAliasCheckComplete, 0u);
}

TEST(GuestRequests, NoLevelGetsAReportOfAHigherOneUnlessThatIsLifted) {
  Running m, lifted({}, {"psp.report.vmpl"});
  EXPECT_EQ(m.ask_report(ask_for(0), 1, 1).status, sevproto::kMessageStatusInvalidParam);
  EXPECT_EQ(m.ask_report(ask_for(1), 3, 1).status, sevproto::kMessageStatusOk);
  EXPECT_EQ(m.ask_report(ask_for(3), 5, 1).status, sevproto::kMessageStatusOk);
  CallResult r = m.deliver(m.seal(MessageType::kReportReq, wire::encode(ask_for(0)), 7, 1));
  EXPECT_EQ(r.refusal->by->id, "psp.report.vmpl");
  EXPECT_EQ(wire::decode<sevproto::Report>(lifted.ask_report(ask_for(0), 1, 1).report)->vmpl, 0u);
}

TEST(GuestRequests, TheVlekSignsWhenLoadedAndOnlyThen) {
  Running m;
  EXPECT_EQ(m.ask_report(ask_for(0, sevproto::ReportKey::kVlek), 1).status, sevproto::kMessageStatusInvalidKey);
  Provider provider = Provider::from_seed("cloud", base::view_of("p"));
  base::Bytes wrapped = wrap_vlek(m.chip, provider), damaged = wrapped;
  damaged[20] ^= 1;
  EXPECT_EQ(m.psp.call(C::kSnpVlekLoad, damaged).status, Status::kBadMeasurement);
  ASSERT_TRUE(m.psp.call(C::kSnpVlekLoad, wrapped).ok());
  auto by_vlek = m.ask_report(ask_for(0), 3);
  EXPECT_TRUE(signed_by(by_vlek.report, vlek(provider, Product::kMilan, PspSettings{}.reported)));
  EXPECT_EQ(sevproto::signing_key(wire::decode<sevproto::Report>(by_vlek.report)->key_info),
            sevproto::SigningKey::kVlek);
  EXPECT_TRUE(
      signed_by(m.ask_report(ask_for(0, sevproto::ReportKey::kVcek), 5).report, vcek(m.chip, PspSettings{}.reported)));
  Running disabled({}, {}, command::LaunchFinish::kVcekDisabled);
  EXPECT_EQ(disabled.ask_report(ask_for(0), 1).status, sevproto::kMessageStatusInvalidKey);
}

TEST(GuestRequests, AMaskedChipSignsNothing) {
  Running m;
  ASSERT_TRUE(m.call(C::kSnpConfig, command::Config{.flags = 2}).ok());
  auto report = *wire::decode<sevproto::Report>(m.ask_report(ask_for(0), 1).report);
  EXPECT_EQ(report.signature, sevproto::EcdsaSignature{});
  EXPECT_EQ(report.chip_id, (std::array<std::uint8_t, 64>{}));
  EXPECT_EQ(sevproto::signing_key(report.key_info), sevproto::SigningKey::kNone);
}

TEST(GuestRequests, ReplayReorderAndDropAreRefusedAndTheRightOneStillPasses) {
  Running m;
  auto first = m.seal(MessageType::kReportReq, wire::encode(ask_for(0)), 1);
  auto second = m.seal(MessageType::kReportReq, wire::encode(ask_for(1)), 3);
  EXPECT_EQ(m.deliver(second).status, Status::kAeadOflow);
  EXPECT_TRUE(m.deliver(first).ok());
  CallResult replay = m.deliver(first);
  EXPECT_EQ(replay.status, Status::kAeadOflow);
  EXPECT_EQ(replay.refusal->by->id, "psp.guest-request.sequence");
  EXPECT_EQ(m.deliver(m.seal(MessageType::kReportReq, wire::encode(ask_for(1)), 5)).status, Status::kAeadOflow);
  EXPECT_TRUE(m.deliver(second).ok());
  EXPECT_TRUE(m.deliver(m.seal(MessageType::kReportReq, wire::encode(ask_for(1)), 1, 1)).ok())
      << "each key has its own count";
  Running lifted({}, {"psp.guest-request.sequence"});
  auto again = lifted.seal(MessageType::kReportReq, wire::encode(ask_for(0)), 1);
  EXPECT_TRUE(lifted.deliver(again).ok());
  EXPECT_TRUE(lifted.deliver(again).ok());
}

TEST(GuestRequests, AnAlteredMessageIsRefusedUnlessThatIsLifted) {
  Running m, lifted({}, {"psp.guest-request.tag"});
  auto altered = [](Running& w) {
    auto message = w.seal(MessageType::kReportReq, wire::encode(ask_for(0)), 1);
    message.payload[0] ^= 0x5A ^ 0x11;
    return message;
  };
  CallResult no = m.deliver(altered(m));
  EXPECT_EQ(no.status, Status::kBadMeasurement);
  EXPECT_EQ(no.refusal->by->id, "psp.guest-request.tag");
  ASSERT_TRUE(lifted.deliver(altered(lifted)).ok());
  auto opened = sevproto::open_message(lifted.context().vmpck[0], lifted.read(TestMachine::kNone, kRes));
  auto report = *wire::decode<sevproto::Report>(wire::decode<sevproto::ReportResponse>(*opened)->report);
  EXPECT_EQ(report.report_data[0], 0x11);
  EXPECT_EQ(report.report_data[1], 0x5A);
}

TEST(GuestRequests, TheAnswerGoesToNoGuestsPage) {
  Running m;
  m.write_host(kReq, wire::encode(m.seal(MessageType::kReportReq, wire::encode(ask_for(0)), 1)));
  EXPECT_EQ(m.call(C::kSnpGuestRequest, command::GuestRequest{TestMachine::kContext, kReq, 0x20'0000}).status,
            Status::kInvalidPageState);
  EXPECT_EQ(m.call(C::kSnpGuestRequest, command::GuestRequest{TestMachine::kContext, kReq + 1, kRes}).status,
            Status::kInvalidAddress);
}

TEST(GuestRequests, GarbageIsRefused) {
  Running m;
  EXPECT_EQ(m.call(C::kSnpGuestRequest, command::GuestRequest{TestMachine::kContext, 0x60'0000, kRes}).status,
            Status::kAeadOflow)
      << "an empty page is a message numbered 0";
  auto message = m.seal(MessageType::kExportReq, {}, 1);
  EXPECT_EQ(m.deliver(message).status, Status::kInvalidParam);
  EXPECT_EQ(m.deliver(m.seal(MessageType::kReportReq, base::Bytes(95), 1)).status, Status::kInvalidParam);
  message.header.msg_vmpck = 4;
  EXPECT_EQ(m.deliver(message).status, Status::kInvalidParam);
}

TEST(GuestRequests, DerivedKeysDependOnWhatIsSelectedAndRespectTheLimits) {
  Running m;
  std::uint64_t seqno = 1;
  auto ask = [&](sevproto::KeyRequest request, std::uint8_t vmpck = 0) {
    std::uint64_t number = vmpck == 0 ? seqno : 1;
    if (vmpck == 0) seqno += 2;
    return *wire::decode<sevproto::KeyResponse>(m.ask(MessageType::kKeyReq, wire::encode(request), number, vmpck));
  };
  sevproto::KeyRequest plain;
  auto key = ask(plain);
  EXPECT_EQ(key.status, 0u);
  EXPECT_EQ(ask(plain).derived_key, key.derived_key);
  plain.guest_field_select = sevproto::kMixMeasurement;
  EXPECT_NE(ask(plain).derived_key, key.derived_key);
  EXPECT_NE(ask({.root_key_select = 1}).derived_key, key.derived_key);
  EXPECT_EQ(ask({.guest_svn = 1}).status, sevproto::kMessageStatusInvalidParam);
  EXPECT_EQ(ask({.vmpl = 0}, 1).status, sevproto::kMessageStatusInvalidParam);
  Tcb high = PspSettings{}.committed;
  high.microcode += 1;
  EXPECT_EQ(ask({.tcb_version = pack(high, Product::kMilan)}).status, sevproto::kMessageStatusInvalidParam);
  EXPECT_EQ(ask({.tcb_version = pack(PspSettings{}.committed, Product::kMilan)}).status, 0u);
}

}  // namespace
}  // namespace sev
