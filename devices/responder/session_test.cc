// Sessions: opening, records, keys, ends, and what each of their defences keeps away.
#include <algorithm>

#include "devices/responder/responder.h"
#include "devices/responder/test_requester.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/encapsulated.h"

namespace responder {
namespace {

using spdm::Code;

struct Events : SessionListener {
  void established(std::uint32_t id) override { up.push_back(id); }
  void ended(std::uint32_t id, SessionEnd why) override { down.emplace_back(id, why); }
  void agreed(base::View shared) override { secrets.push_back(base::bytes_of(shared)); }
  std::vector<std::uint32_t> up;
  std::vector<base::Bytes> secrets;
  std::vector<std::pair<std::uint32_t, SessionEnd>> down;
};

struct Opening {
  spdm::Version version;
  crypto::Curve curve;
  bool clear;
};
class Openings : public testing::TestWithParam<Opening> {};

TEST_P(Openings, ByKeyExchange) {
  const auto [version, curve, clear] = GetParam();
  TestDevice device(TestDevice::settings(clear ? spdm::kCapHandshakeInTheClear : 0), curve, version);
  if (clear) device.requester.capabilities |= spdm::kCapHandshakeInTheClear;
  Events events;
  device.responder.listen(&events);
  device.requester.negotiate();
  auto session = device.open();
  ASSERT_TRUE(session);
  EXPECT_EQ(events.up, std::vector{session->id});
  EXPECT_EQ(events.secrets, std::vector<base::Bytes>{session->shared});
  EXPECT_TRUE(device.responder.is_established(session->id));
  const auto beat = device.requester.secured(*session, wire::encode(device.requester.header(Code::kHeartbeat)));
  ASSERT_TRUE(beat);
  EXPECT_EQ(static_cast<Code>((*beat)[1]), Code::kHeartbeatAck);
}

TEST_P(Openings, ByPreSharedKey) {
  const auto [version, curve, clear] = GetParam();
  TestDevice device(TestDevice::settings(clear ? spdm::kCapHandshakeInTheClear : 0), curve, version);
  TestRequester& q = device.requester;
  q.negotiate();
  const base::Bytes ask = q.psk_exchange();
  auto session = q.began_psk(ask, q.clear(ask));
  ASSERT_TRUE(session);
  EXPECT_FALSE(device.responder.is_established(session->id));
  const base::Bytes finish = q.psk_finish(*session);
  const auto reply = q.secured(*session, finish);
  ASSERT_EQ(error_in(reply), 0u);
  EXPECT_TRUE(device.responder.is_established(session->id));
  session->psk_th.finish_verify_data.assign(finish.begin() + 4, finish.end());
  session->psk_th.finish_response = *reply;
  q.use_data_keys(*session, session->psk_th.th2());
  EXPECT_EQ(error_in(q.secured(*session, wire::encode(q.header(Code::kHeartbeat)))), 0u);
}
INSTANTIATE_TEST_SUITE_P(All, Openings,
                         testing::Values(Opening{spdm::Version::k11, crypto::Curve::kP384, false},
                                         Opening{spdm::Version::k11, crypto::Curve::kP256, true},
                                         Opening{spdm::Version::k12, crypto::Curve::kP384, false},
                                         Opening{spdm::Version::k12, crypto::Curve::kP384, true},
                                         Opening{spdm::Version::k13, crypto::Curve::kP256, false},
                                         Opening{spdm::Version::k13, crypto::Curve::kP384, true}));

struct Sessions : testing::Test {
  Sessions() {
    device.responder.listen(&events);
    device.responder.serve_vendor([this](std::uint32_t id, std::uint16_t, base::View, base::View payload) {
      heard.emplace_back(id, base::bytes_of(payload));
      return std::optional(base::bytes_of(payload));
    });
    q.negotiate();
  }
  base::Bytes heartbeat() const { return wire::encode(q.header(Code::kHeartbeat)); }
  base::Bytes tdisp() const { return q.vendor(spdm::kRegistryPciSig, base::Bytes{1, 0x10, 0x81, 0, 0}); }
  base::Bytes sealed(TestSession& session, const base::Bytes& message) {
    return wire::encode(session.to.seal(session.id, message));
  }
  std::optional<TestSession> handshake() {
    const base::Bytes ask = q.key_exchange();
    return q.began(ask, q.clear(ask), device.chain());
  }

  TestDevice device;
  TestRequester& q = device.requester;
  Events events;
  std::vector<std::pair<std::uint32_t, base::Bytes>> heard;
};

TEST_F(Sessions, SeveralAtOnceUpToTheLimit) {
  std::vector<TestSession> open;
  for (int i = 0; i < 4; ++i) open.push_back(*device.open());
  EXPECT_EQ(device.responder.sessions().size(), 4u);
  EXPECT_EQ(error_in(q.clear(q.key_exchange())), 0x0au);
  for (int round = 0; round < 3; ++round)
    for (TestSession& session : open) EXPECT_EQ(error_in(q.secured(session, heartbeat())), 0u);
  EXPECT_EQ(error_in(q.secured(open[1], wire::encode(q.header(Code::kEndSession)))), 0u);
  EXPECT_EQ(events.down, (std::vector{std::pair{open[1].id, SessionEnd::kEndSession}}));
  EXPECT_FALSE(q.secured(open[1], heartbeat()));
  EXPECT_EQ(error_in(q.secured(open[2], heartbeat())), 0u);
  EXPECT_TRUE(device.open());
}

TEST_F(Sessions, KeepTheirMessagesApart) {
  auto one = device.open(), two = device.open();
  base::Bytes record = sealed(*one, heartbeat());
  base::store_le(std::span(record), 0, two->id);
  EXPECT_EQ(error_in(q.opened(*two, *device.responder.receive_secured(record))), 0x06u);
  EXPECT_FALSE(device.responder.is_established(two->id));
  EXPECT_TRUE(device.responder.is_established(one->id));
}

TEST_F(Sessions, UpdateTheirKeys) {
  auto session = device.open();
  auto update = [&](spdm::KeyOperation operation) {
    return wire::encode(q.header(Code::kKeyUpdate, static_cast<std::uint8_t>(operation), 7));
  };
  EXPECT_EQ(error_in(q.secured(*session, update(spdm::KeyOperation::kVerifyNewKey))), 0x01u);
  const base::Bytes record = sealed(*session, update(spdm::KeyOperation::kUpdateAllKeys));
  const auto raw = device.responder.receive_secured(record);
  EXPECT_FALSE(spdm::RecordStream(session->from).open(*wire::decode<spdm::SecuredRecord>(*raw)));
  session->from = session->from.updated(q.algorithms);  // the acknowledgement comes under the new key
  EXPECT_EQ(error_in(q.opened(*session, *raw)), 0u);
  // Until the new key is verified the old one still holds, and a second update does not.
  EXPECT_EQ(error_in(q.secured(*session, update(spdm::KeyOperation::kUpdateKey))), 0x01u);
  const spdm::RecordStream old = session->to;
  session->to = session->to.updated(q.algorithms);
  EXPECT_EQ(error_in(q.secured(*session, update(spdm::KeyOperation::kVerifyNewKey))), 0u);
  EXPECT_EQ(error_in(q.secured(*session, heartbeat())), 0u);
  session->to = old;
  EXPECT_EQ(error_in(q.secured(*session, heartbeat())), 0x06u);
  EXPECT_FALSE(device.responder.is_established(session->id));
}

TEST_F(Sessions, EndWithTheirConnection) {
  auto session = device.open();
  q.clear(q.get_version());
  EXPECT_EQ(events.down, (std::vector{std::pair{session->id, SessionEnd::kGetVersion}}));
}

TEST_F(Sessions, EndWithoutHeartbeat) {
  auto session = device.open();
  device.responder.time_passes(10);
  EXPECT_EQ(error_in(q.secured(*session, heartbeat())), 0u);
  device.responder.time_passes(10);
  EXPECT_TRUE(events.down.empty());
  device.responder.time_passes(1);
  EXPECT_EQ(events.down, (std::vector{std::pair{session->id, SessionEnd::kHeartbeat}}));
}

TEST_F(Sessions, EndWithTheirFirmwareUnlessTheyAllowForAnother) {
  auto goes = device.open();
  const base::Bytes ask = q.key_exchange(spdm::kSummaryNone, spdm::kMayOutliveUpdate);
  auto stays = q.began(ask, q.clear(ask), device.chain());
  ASSERT_TRUE(q.finished(*stays, q.finish(*stays)));
  device.responder.load(identity::firmware_of("test", "1.1", 4));
  EXPECT_EQ(events.down, (std::vector{std::pair{goes->id, SessionEnd::kUpdate}}));
  EXPECT_TRUE(device.responder.is_established(stays->id));
}

TEST_F(Sessions, AHandshakeThatFailsEndsThem) {
  auto session = handshake();
  base::Bytes finish = q.finish(*session);
  finish.back() ^= 1;
  EXPECT_EQ(error_in(q.secured(*session, finish)), 0x06u);
  EXPECT_EQ(events.down, (std::vector{std::pair{session->id, SessionEnd::kHandshakeRefused}}));
  EXPECT_TRUE(events.up.empty());
}

TEST_F(Sessions, AForeignPointOpensNone) {
  base::Bytes ask = q.key_exchange();
  for (std::size_t i = 40; i < 40 + 96; ++i) ask[i] = 0xff;
  EXPECT_EQ(error_in(q.clear(ask)), 0x01u);
}

TEST_F(Sessions, AnUnknownHintOpensNone) {
  base::Bytes ask = q.psk_exchange();
  ask[12] ^= 1;
  EXPECT_EQ(error_in(q.clear(ask)), 0x05u);
}

// ---- defences -------------------------------------------------------------------------------------------------------

TEST_F(Sessions, RecordTagKeepsAlteredRecordsAway) {
  auto session = device.open();
  base::Bytes record = sealed(*session, tdisp());
  record[6 + 2 + 9 + 4] ^= 0x02;  // a byte of the payload: length, then VENDOR_DEFINED with its vendor id
  const auto reply = device.responder.receive_secured(record);
  ASSERT_TRUE(reply);
  EXPECT_EQ(error_in(q.opened(*session, *reply)), 0x06u);
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(events.down, (std::vector{std::pair{session->id, SessionEnd::kRecordRefused}}));

  device.defences.lift("spdm.record.tag");
  session = device.open();
  record = sealed(*session, tdisp());
  record[6 + 2 + 9 + 4] ^= 0x02;
  EXPECT_TRUE(device.responder.receive_secured(record));
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(error_in(q.secured(*session, heartbeat())), 0xeeu);  // the answer to the altered one was not taken
}

TEST_F(Sessions, SequenceKeepsReplaysAway) {
  auto session = device.open();
  const base::Bytes record = sealed(*session, tdisp());
  EXPECT_TRUE(device.responder.receive_secured(record));
  EXPECT_EQ(heard.size(), 1u);
  device.responder.receive_secured(record);
  EXPECT_EQ(heard.size(), 1u);
  EXPECT_FALSE(device.responder.is_established(session->id));

  device.defences.lift("spdm.session.sequence");
  session = device.open();
  const base::Bytes other = sealed(*session, tdisp());
  device.responder.receive_secured(other);
  device.responder.receive_secured(other);
  EXPECT_EQ(heard.size(), 3u);
  EXPECT_TRUE(device.responder.is_established(session->id));
}

TEST_F(Sessions, NothingButTheHandshakeBeforeItsEnd) {
  auto session = handshake();
  EXPECT_EQ(error_in(q.secured(*session, tdisp())), 0x04u);
  EXPECT_TRUE(heard.empty());
}

TEST_F(Sessions, LinkAndInterfaceMessagesInSessionsAlone) {
  EXPECT_EQ(error_in(q.clear(tdisp())), 0x04u);
  EXPECT_EQ(error_in(q.clear(q.vendor(spdm::kRegistryPciSig, base::Bytes{0, 0, 0}))), 0x04u);
  EXPECT_TRUE(heard.empty());
  auto session = device.open();
  const auto reply = q.secured(*session, tdisp());
  ASSERT_EQ(error_in(reply), 0u);
  EXPECT_EQ(heard.back().first, session->id);
  const auto said = wire::decode<spdm::VendorDefinedResponse>(*reply);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->vendor_id, (base::Bytes{1, 0}));
  EXPECT_EQ(said->payload, heard.back().second);
  device.defences.lift("spdm.vendor-defined.session");
  EXPECT_EQ(error_in(q.clear(tdisp())), 0u);
  EXPECT_EQ(heard.back().first, 0u);
}

TEST_F(Sessions, PskFinishDoesNotFinishAKeyExchange) {
  auto session = handshake();
  EXPECT_EQ(error_in(q.secured(*session, q.psk_finish(*session))), 0x04u);
  EXPECT_TRUE(events.up.empty());
}

// ---- a requester that authenticates itself --------------------------------------------------------------------------

struct Mutual : testing::Test {
  static Settings settings(const identity::Slot& trusted) {
    Settings out = TestDevice::settings();
    out.requester_root = trusted.root();
    return out;
  }
  static identity::Slot slot_of(const std::string& manufacturer) {
    crypto::Library library(9);
    return identity::provision({.manufacturer = manufacturer}, {.requester = true}, 0, 9, library);
  }
  Mutual() { q.negotiate(); }

  std::optional<TestSession> handshake() {
    const base::Bytes ask = q.key_exchange();
    const base::Bytes reply = q.clear(ask);
    if (error_in(reply) != 0 || reply[6] != spdm::kMutualAuthEncapsulated) return std::nullopt;
    return q.began(ask, reply, device.chain());
  }
  // Answers what the responder asks. The number of requests; 0 when it went wrong.
  int authenticate(TestSession& session, const identity::Slot& mine) {
    const base::Bytes chain = spdm::certificate_chain_of(spdm::hash_of(q.algorithms), mine.chain);
    session.th.requester_certificate_chain = chain;
    auto reply = q.secured(session, wire::encode(q.header(Code::kGetEncapsulatedRequest)));
    if (error_in(reply) != 0) return 0;
    std::uint8_t id = (*reply)[2];
    base::Bytes asked(reply->begin() + 4, reply->end());
    for (int n = 1; n < 20; ++n) {
      base::Bytes answer;
      if (static_cast<Code>(asked[1]) == Code::kGetDigests) {
        answer = wire::encode(q.header(Code::kDigests, 0, 1));
        base::append(answer, crypto::hash(spdm::hash_of(q.algorithms), chain));
      } else {
        const auto get = wire::decode<spdm::GetCertificate>(asked);
        if (!get || get->offset >= chain.size()) return 0;
        const std::size_t size = std::min<std::size_t>(get->length, chain.size() - get->offset);
        spdm::CertificateResponse portion{.header = q.header(Code::kCertificate)};
        portion.portion = base::bytes_of(base::View(chain).subspan(get->offset, size));
        portion.portion_length = static_cast<std::uint16_t>(size);
        portion.remainder_length = static_cast<std::uint16_t>(chain.size() - get->offset - size);
        answer = wire::encode(portion);
      }
      base::Bytes deliver = wire::encode(q.header(Code::kDeliverEncapsulatedResponse, id));
      base::append(deliver, answer);
      reply = q.secured(session, deliver);
      if (error_in(reply) != 0) return 0;
      const auto ack = wire::decode<spdm::EncapsulatedResponseAck>(*reply);
      if (!ack || ack->ack_request_id != id) return 0;
      if (ack->header.param2 != spdm::kPayloadPresent) return n;
      id = ack->header.param1;
      asked = ack->payload;
    }
    return 0;
  }

  identity::Slot mine = slot_of("Glacis Hosts");
  identity::Slot foreign = slot_of("Somebody Else");
  TestDevice device{settings(mine)};
  TestRequester& q = device.requester;
  crypto::Library library{9};
};

TEST_F(Mutual, LetsInWhoIsTrusted) {
  auto session = handshake();
  ASSERT_TRUE(session);
  EXPECT_EQ(error_in(q.secured(*session, q.finish(*session))), 0x08u);  // its chain has not come
  EXPECT_GT(authenticate(*session, mine), 2);
  EXPECT_TRUE(q.finished(*session, q.finish(*session, &mine.key, &library)));
  EXPECT_TRUE(device.responder.is_established(session->id));
}

TEST_F(Mutual, WantsASignature) {
  auto session = handshake();
  authenticate(*session, mine);
  session->th.requester_certificate_chain.clear();
  EXPECT_EQ(error_in(q.secured(*session, q.finish(*session))), 0x01u);
  EXPECT_FALSE(device.responder.is_established(session->id));
}

TEST_F(Mutual, WantsTheSignatureOfItsKey) {
  auto session = handshake();
  ASSERT_GT(authenticate(*session, mine), 0);
  EXPECT_FALSE(q.finished(*session, q.finish(*session, &foreign.key, &library)));
  EXPECT_FALSE(device.responder.is_established(session->id));
}

TEST_F(Mutual, WantsAChainOfItsRoot) {
  auto session = handshake();
  ASSERT_GT(authenticate(*session, foreign), 0);
  EXPECT_FALSE(q.finished(*session, q.finish(*session, &foreign.key, &library)));
}

TEST_F(Mutual, WantsASignatureAfterTheChain) {
  auto session = handshake();
  ASSERT_GT(authenticate(*session, mine), 0);
  EXPECT_FALSE(q.finished(*session, q.finish(*session)));
}

TEST_F(Mutual, RefusesWhoCannot) {
  TestRequester other(device.responder, spdm::Version::k13);
  other.capabilities &= ~spdm::kCapMutualAuth;
  other.negotiate();
  EXPECT_EQ(error_in(other.clear(other.key_exchange())), 0x11u);
}

}  // namespace
}  // namespace responder
