// Every request in every state: accepted, or refused with this ERROR.
#include "devices/responder/rules.h"

#include <set>
#include <string>

#include "devices/responder/capability_rules.h"
#include "devices/responder/defences.h"
#include "devices/responder/test_requester.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/encapsulated.h"

namespace responder {
namespace {

enum State { kStart, kVersion, kCapabilities, kNegotiated, kDigests, kCertificate, kAuthenticated, kHandshake, kOpen };
constexpr unsigned kOk = 0;

struct Row {
  Code code;
  unsigned expected[9];
};
// From left to right as State. Requests are of 1.2 and well-formed; nothing is pending.
constexpr Row kTable[] = {
    {Code::kGetVersion, {kOk, kOk, kOk, kOk, kOk, kOk, kOk, 0x04, 0x04}},
    {Code::kGetCapabilities, {0x04, kOk, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {Code::kNegotiateAlgorithms, {0x04, 0x04, kOk, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {Code::kGetDigests, {0x41, 0x41, 0x04, kOk, kOk, kOk, kOk, 0x04, kOk}},
    {Code::kGetCertificate, {0x41, 0x41, 0x04, kOk, kOk, kOk, kOk, 0x04, kOk}},
    {Code::kChallenge, {0x41, 0x41, 0x04, kOk, kOk, kOk, kOk, 0x04, 0x04}},
    {Code::kGetMeasurements, {0x41, 0x41, 0x04, kOk, kOk, kOk, kOk, 0x04, kOk}},
    {Code::kKeyExchange, {0x07, 0x07, 0x04, kOk, kOk, kOk, kOk, 0x04, 0x04}},
    {Code::kFinish, {0x07, 0x07, 0x04, 0x0b, 0x0b, 0x0b, 0x0b, kOk, 0x04}},
    {Code::kPskExchange, {0x07, 0x07, 0x04, kOk, kOk, kOk, kOk, 0x04, 0x04}},
    {Code::kPskFinish, {0x07, 0x07, 0x04, 0x0b, 0x0b, 0x0b, 0x0b, 0x04, 0x04}},
    {Code::kHeartbeat, {0x07, 0x07, 0x04, 0x0b, 0x0b, 0x0b, 0x0b, 0x04, kOk}},
    {Code::kKeyUpdate, {0x07, 0x07, 0x04, 0x0b, 0x0b, 0x0b, 0x0b, 0x04, kOk}},
    {Code::kEndSession, {0x07, 0x07, 0x04, 0x0b, 0x0b, 0x0b, 0x0b, 0x04, kOk}},
    {Code::kGetEncapsulatedRequest, {0x07, 0x07, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {Code::kDeliverEncapsulatedResponse, {0x07, 0x07, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {Code::kChunkSend, {0x07, 0x07, kOk, kOk, kOk, kOk, kOk, kOk, kOk}},
    {Code::kChunkGet, {0x07, 0x07, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {Code::kVendorDefinedRequest, {0x41, 0x41, 0x04, kOk, kOk, kOk, kOk, 0x04, kOk}},
    {Code::kRespondIfReady, {0x41, 0x41, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {Code::kGetCsr, {0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07}},
    {Code{0xf3}, {0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07}},
};

struct InState {
  explicit InState(State state) {
    device.responder.serve_vendor([](auto, auto, auto, base::View payload) { return base::bytes_of(payload); });
    TestRequester& q = device.requester;
    if (state == kStart) return;
    if (state <= kCapabilities) {
      q.step(q.get_version());
      if (state == kCapabilities) q.step(q.get_capabilities());
      return;
    }
    q.negotiate();
    if (state == kDigests) q.clear(request(Code::kGetDigests));
    if (state == kCertificate) q.clear(request(Code::kGetCertificate));
    if (state == kAuthenticated) q.clear(request(Code::kChallenge));
    if (state == kHandshake) {
      const base::Bytes ask = q.key_exchange();
      session = q.began(ask, q.clear(ask), device.chain());
    }
    if (state == kOpen) session = device.open();
  }

  base::Bytes request(Code code) {
    TestRequester& q = device.requester;
    switch (code) {
      case Code::kGetVersion: return q.get_version();
      case Code::kGetCapabilities: return q.get_capabilities();
      case Code::kNegotiateAlgorithms: return q.negotiate_algorithms();
      case Code::kGetCertificate:
        return wire::encode(spdm::GetCertificate{.header = q.header(code), .length = 0x100});
      case Code::kChallenge: return wire::encode(spdm::Challenge{.header = q.header(code)});
      case Code::kGetMeasurements:
        return wire::encode(spdm::GetMeasurements{.header = q.header(code, 0, spdm::kMeasurementAll)});
      case Code::kKeyExchange:
        if (q.vca.empty() || q.algorithms.dhe == 0) return wire::encode(q.header(code));
        return q.key_exchange();
      case Code::kPskExchange: return q.psk_exchange();
      case Code::kFinish: return session ? q.finish(*session) : wire::encode(q.header(code));
      case Code::kPskFinish: return session ? q.psk_finish(*session) : wire::encode(q.header(code));
      case Code::kKeyUpdate: return wire::encode(q.header(code, 1, 9));
      case Code::kDeliverEncapsulatedResponse: {
        base::Bytes out = wire::encode(q.header(code, 1));
        base::append(out, wire::encode(q.header(Code::kDigests)));
        return out;
      }
      case Code::kChunkSend: {
        spdm::ChunkSend piece{.header = q.header(code, 0, 3), .large_message_size = 200, .chunk = base::Bytes(64, 1)};
        piece.chunk_size = 64;
        return wire::encode(piece);
      }
      case Code::kChunkGet: return wire::encode(spdm::ChunkGet{.header = q.header(code)});
      case Code::kVendorDefinedRequest: return q.vendor(spdm::kRegistryDmtf, base::Bytes{1, 2, 3, 4});
      default: return wire::encode(q.header(code));
    }
  }
  std::optional<base::Bytes> ask(Code code) {
    const base::Bytes message = request(code);
    return session ? device.requester.secured(*session, message) : std::optional(device.requester.clear(message));
  }

  TestDevice device;
  std::optional<TestSession> session;
};

class EveryState : public testing::TestWithParam<int> {};

TEST_P(EveryState, AcceptsOrRefusesEveryRequest) {
  const auto state = static_cast<State>(GetParam());
  for (const Row& row : kTable) {
    InState world(state);
    ASSERT_EQ(world.session.has_value(), state >= kHandshake);
    const auto reply = world.ask(row.code);
    EXPECT_EQ(error_in(reply), row.expected[state])
        << "request " << std::hex << static_cast<int>(row.code) << " in state " << state << ": "
        << (reply ? base::to_hex(*reply).substr(0, 16) : "no answer");
    if (row.expected[state] == kOk && reply) {
      EXPECT_EQ(static_cast<Code>((*reply)[1]), spdm::response_to(row.code));
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, EveryState, testing::Range(0, 9));

TEST(Rules, EveryRequestOfTheTableIsTested) {
  for (const RequestRow& row : kRequests) {
    bool tested = false;
    for (const Row& mine : kTable) tested = tested || mine.code == row.code;
    EXPECT_TRUE(tested) << static_cast<int>(row.code);
  }
}

TEST(Rules, EachRowHasAnIdOfItsOwn) {
  std::set<std::string_view> ids;
  for (const trust::Defence* row : defences()) EXPECT_TRUE(ids.insert(row->id).second) << row->id;
  EXPECT_TRUE(ids.contains("spdm.record.tag"));
}

TEST(Rules, ErrorsAreThoseOfTheVersion) {
  EXPECT_EQ(error_for(spdm::Version::k11, ErrorCode::kSessionRequired, {}).error_code(), ErrorCode::kUnspecified);
  EXPECT_EQ(error_for(spdm::Version::k12, ErrorCode::kSessionRequired, {}).error_code(), ErrorCode::kSessionRequired);
  EXPECT_EQ(error_for(spdm::Version::k12, ErrorCode::kNoPendingRequests, {}).error_code(),
            ErrorCode::kUnexpectedRequest);
  EXPECT_EQ(error_for(spdm::Version::k13, ErrorCode::kNoPendingRequests, {}).error_code(),
            ErrorCode::kNoPendingRequests);
  EXPECT_EQ(error_for(spdm::Version::k12, ErrorCode::kUnsupportedRequest, Code::kGetCsr).header.param2, 0xed);
}

TEST(Rules, ErrorsSpeakTheVersionOfTheConnection) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.step(q.get_version());
  base::Bytes strange = q.get_capabilities();
  strange[0] = 0x17;
  EXPECT_EQ(base::to_hex(q.clear(strange)), "107f4100");
  q.data_transfer_size = 41;
  EXPECT_EQ(base::to_hex(q.clear(q.get_capabilities())), "127f0100");
  q.data_transfer_size = 0x1200;
  q.step(q.get_capabilities());
  EXPECT_EQ(base::to_hex(q.clear(q.get_capabilities())), "127f0400");
}

struct Flags {
  const char* id;
  std::uint32_t flags;
  spdm::Version version = spdm::Version::k12;
};
// One set of flags for each row, which no earlier row minds.
constexpr Flags kBadFlags[] = {
    {"spdm.capabilities.psk", spdm::kCapPskMask | spdm::kCapMac},
    {"spdm.capabilities.protection", spdm::kCapKeyExchange},
    {"spdm.capabilities.sessionless", spdm::kCapMac},
    {"spdm.capabilities.clear-psk", spdm::kCapPsk | spdm::kCapMac | spdm::kCapHandshakeInTheClear},
    {"spdm.capabilities.one-key", spdm::kCapCert | spdm::kCapPublicKeyId | spdm::kCapChallenge},
    {"spdm.capabilities.key-used", spdm::kCapCert},
    {"spdm.capabilities.keyless", spdm::kCapChallenge},
    {"spdm.capabilities.mutual", spdm::kCapCert | spdm::kCapMutualAuth | 2u << 22, spdm::Version::k13},
    {"spdm.capabilities.encapsulated", spdm::kCapCert | spdm::kCapChallenge | spdm::kCapMutualAuth,
     spdm::Version::k11},
    {"spdm.capabilities.reserved", spdm::kCapMultiKeyMask, spdm::Version::k13},
    {"spdm.capabilities.multi-key", spdm::kCapMultiKeyOnly, spdm::Version::k13},
};

TEST(Rules, FlagsThatDoNotGoTogetherAreRefused) {
  struct Heard : trust::Defences::Listener {
    void spoke(const trust::Defence& d, std::string_view) override { id = d.id; }
    void missed(const trust::Defence&, std::string_view) override {}
    std::string id;
  };
  for (const Flags& bad : kBadFlags) {
    TestDevice device(TestDevice::settings(), crypto::Curve::kP384, bad.version);
    Heard heard;
    device.defences.listen(&heard);
    device.requester.step(device.requester.get_version());
    device.requester.capabilities = bad.flags;
    EXPECT_EQ(error_in(device.requester.clear(device.requester.get_capabilities())), 0x01u) << bad.id;
    EXPECT_EQ(heard.id, bad.id);
  }
}

// What is cut anywhere is refused, and nothing breaks.
TEST(Rules, TruncatedRequestsAreRefused) {
  for (const Row& row : kTable) {
    InState world(kNegotiated);
    const base::Bytes whole = world.request(row.code);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      InState other(kNegotiated);
      const auto reply = other.device.requester.clear(base::View(whole).first(size));
      const bool told = error_in(reply) != 0;
      EXPECT_TRUE(told) << static_cast<int>(row.code) << " cut to " << size;
    }
  }
}

}  // namespace
}  // namespace responder
