// Outside sessions: who signs what, portions and pieces, and what is put off.
#include "devices/responder/responder.h"

#include "devices/responder/doe_responder.h"
#include "devices/responder/test_requester.h"
#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/measurements.h"

namespace responder {
namespace {

constexpr spdm::Version kVersions[] = {spdm::Version::k10, spdm::Version::k11, spdm::Version::k12, spdm::Version::k13};

base::Bytes public_key(const TestDevice& device) {
  return crypto::Certificate::from_der(device.responder.identity().slots[0]->leaf())->public_key();
}

base::Bytes get_certificate(const TestDevice& device, std::uint8_t slot, std::size_t offset, std::size_t length) {
  spdm::GetCertificate ask{.header = device.requester.header(spdm::Code::kGetCertificate, slot)};
  ask.offset = static_cast<std::uint16_t>(offset);
  ask.length = static_cast<std::uint16_t>(length);
  return wire::encode(ask);
}

class Versions : public testing::TestWithParam<std::tuple<spdm::Version, crypto::Curve>> {};

TEST_P(Versions, ChallengeSignsWhatWasSaid) {
  const auto [version, curve] = GetParam();
  TestDevice device(TestDevice::settings(), curve, version);
  TestRequester& q = device.requester;
  q.negotiate();
  EXPECT_EQ(spdm::ecdsa_curve_of(q.algorithms.base_asym), curve);
  base::Bytes b = wire::encode(spdm::GetDigests{.header = q.header(spdm::Code::kGetDigests)});
  const base::Bytes digests = q.clear(b);
  base::append(b, digests);
  const auto told = wire::decode<spdm::Digests>(digests, {.shape = q.shape()});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->header.param2, 1);
  EXPECT_EQ(told->digests, crypto::hash(spdm::hash_of(q.algorithms), device.chain()));

  base::Bytes chain;
  for (bool more = true; more;) {
    const base::Bytes ask = get_certificate(device, 0, chain.size(), 300);
    const base::Bytes reply = q.clear(ask);
    base::append(b, ask);
    base::append(b, reply);
    const auto portion = wire::decode<spdm::CertificateResponse>(reply);
    ASSERT_TRUE(portion);
    base::append(chain, portion->portion);
    more = portion->remainder_length != 0;
  }
  EXPECT_EQ(chain, device.chain());

  spdm::Challenge ask{.header = q.header(spdm::Code::kChallenge, 0, spdm::kSummaryAll)};
  ask.nonce.fill(5);
  ask.requester_context.fill(6);
  spdm::Shape form = q.shape();
  form.measurement_summary = true;
  const base::Bytes reply = q.clear(wire::encode(ask));
  const auto auth = wire::decode<spdm::ChallengeAuth>(reply, {.shape = form});
  ASSERT_TRUE(auth) << base::to_hex(reply);
  EXPECT_EQ(auth->measurement_summary_hash,
            spdm::measurement_summary(
                spdm::hash_of(q.algorithms),
                device.responder.firmware().blocks(spdm::measurement_digest_of(q.algorithms.measurement_hash), false)));
  spdm::ChallengeTranscript m1{q.vca, b, wire::encode(ask), reply};
  m1.challenge_auth.resize(reply.size() - auth->signature.size());
  EXPECT_TRUE(spdm::verify(q.algorithms, q.algorithms.base_asym, spdm::Purpose::kChallengeAuth, m1.bytes(),
                           public_key(device), auth->signature));
  m1.certificates.front() ^= 1;
  EXPECT_FALSE(spdm::verify(q.algorithms, q.algorithms.base_asym, spdm::Purpose::kChallengeAuth, m1.bytes(),
                            public_key(device), auth->signature));
}

TEST_P(Versions, MeasurementsAreSignedOverAllThatWereAsked) {
  const auto [version, curve] = GetParam();
  TestDevice device(TestDevice::settings(), curve, version);
  TestRequester& q = device.requester;
  q.negotiate();
  base::Bytes log;
  const auto count = wire::encode(spdm::GetMeasurements{.header = q.header(spdm::Code::kGetMeasurements)});
  base::Bytes reply = q.clear(count);
  EXPECT_EQ(wire::decode<spdm::Measurements>(reply)->header.param1, device.responder.firmware().all().size());
  base::append(log, count);
  base::append(log, reply);

  spdm::GetMeasurements ask{.header = q.header(spdm::Code::kGetMeasurements, spdm::kSignatureRequested, 2)};
  reply = q.clear(wire::encode(ask));
  spdm::Shape form = q.shape();
  form.signed_measurements = true;
  const auto told = wire::decode<spdm::Measurements>(reply, {.shape = form});
  ASSERT_TRUE(told) << base::to_hex(reply);
  EXPECT_EQ(spdm::blocks_of(told->measurement_record)->size(), 1u);
  EXPECT_EQ(spdm::blocks_of(told->measurement_record)->front().index, 2);
  base::append(log, wire::encode(ask));
  base::append(log, base::View(reply).first(reply.size() - told->signature.size()));
  const spdm::MeasurementsTranscript l1{q.vca, log};
  EXPECT_TRUE(spdm::verify(q.algorithms, q.algorithms.base_asym, spdm::Purpose::kMeasurements, l1.bytes(version),
                           public_key(device), told->signature));
}
INSTANTIATE_TEST_SUITE_P(All, Versions,
                         testing::Combine(testing::ValuesIn(kVersions),
                                          testing::Values(crypto::Curve::kP256, crypto::Curve::kP384)));

TEST(Responder, ServesEverySlot) {
  crypto::Library library(7);
  trust::Defences defences;
  identity::Identity device = identity::provisioned({}, {}, 7, library);
  for (std::uint8_t i = 1; i < spdm::kSlotCount; ++i) device.slots[i] = identity::provision({}, {}, i, 7, library);
  device.slots[5] = identity::provision({}, {.curve = crypto::Curve::kP256}, 5, 7, library);  // of another algorithm
  Responder responder({}, device, identity::firmware_of("test", "1", 1), library, defences, 7, "dev0");
  TestRequester q(responder, spdm::Version::k12);
  q.negotiate();
  const base::Bytes reply = q.clear(wire::encode(spdm::GetDigests{.header = q.header(spdm::Code::kGetDigests)}));
  const auto digests = wire::decode<spdm::Digests>(reply, {.shape = q.shape()});
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->header.param2, 0xdf);
  for (std::uint8_t i = 0; i < 10; ++i) {
    spdm::GetCertificate ask{.header = q.header(spdm::Code::kGetCertificate, i), .length = 0x2000};
    const base::Bytes chain = q.clear(wire::encode(ask));
    if (i == 5 || i >= spdm::kSlotCount) {
      EXPECT_EQ(error_in(chain), 0x01u);
      continue;
    }
    const auto told = wire::decode<spdm::CertificateResponse>(chain);
    ASSERT_TRUE(told);
    EXPECT_EQ(base::bytes_of(spdm::digest_of_slot(*digests, i)), crypto::hash(crypto::Digest::kSha384, told->portion));
  }
}

TEST(Responder, RefusesWhatDoesNotExist) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.negotiate();
  EXPECT_EQ(error_in(q.clear(get_certificate(device, 1, 0, 16))), 0x01u);
  EXPECT_EQ(error_in(q.clear(get_certificate(device, 0, device.chain().size(), 16))), 0x01u);
  EXPECT_EQ(error_in(q.clear(get_certificate(device, 0, device.chain().size() - 1, 16))), 0u);
  EXPECT_EQ(error_in(q.clear(wire::encode(
                spdm::GetMeasurements{.header = q.header(spdm::Code::kGetMeasurements, 0, 0x42)}))),
            0x01u);
  EXPECT_EQ(error_in(q.clear(wire::encode(spdm::Challenge{.header = q.header(spdm::Code::kChallenge, 0, 2)}))), 0x01u);
  EXPECT_EQ(error_in(q.clear(wire::encode(spdm::Challenge{.header = q.header(spdm::Code::kChallenge, 3)}))), 0x01u);
}

TEST(Responder, TellsFirmwareThatChangedWhileItWasMeasured) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.negotiate();
  const auto ask = [&](std::uint8_t attributes, std::uint8_t index) {
    return q.clear(wire::encode(spdm::GetMeasurements{.header = q.header(spdm::Code::kGetMeasurements, attributes, index)}));
  };
  const auto change = [&] { return ask(spdm::kSignatureRequested, spdm::kMeasurementAll)[3] & spdm::kContentChangeMask; };
  EXPECT_EQ(change(), spdm::kContentUnchanged);
  device.responder.load(identity::firmware_of("other", "2.0", 4));
  EXPECT_EQ(change(), spdm::kContentUnchanged);  // both are of the new one
  (void)ask(0, 1);
  device.responder.load(identity::firmware_of("third", "3.0", 5));
  EXPECT_EQ(change(), spdm::kContentChangeDetected);
  EXPECT_EQ(change(), spdm::kContentUnchanged);
}

TEST(Responder, SendsLongAnswersInPieces) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.data_transfer_size = 100;
  q.negotiate();
  base::Bytes reply = q.clear(get_certificate(device, 0, 0, 0x1000));
  ASSERT_EQ(error_in(reply), 0x0fu);
  const std::uint8_t handle = reply[4];
  EXPECT_EQ(error_in(q.clear(get_certificate(device, 0, 0, 4))), 0x04u);  // nothing comes in between
  base::Bytes whole;
  for (std::uint16_t number = 0;; ++number) {
    const auto ask =
        wire::encode(spdm::ChunkGet{.header = q.header(spdm::Code::kChunkGet, 0, handle), .chunk_seq_no = number});
    const auto piece = wire::decode<spdm::ChunkResponse>(q.clear(ask));
    ASSERT_TRUE(piece);
    base::append(whole, piece->chunk);
    if ((piece->header.param1 & spdm::kLastChunk) != 0) break;
  }
  const auto told = wire::decode<spdm::CertificateResponse>(whole);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->portion, device.chain());
}

TEST(Responder, NeverSendsMoreThanTheRequesterTakes) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.data_transfer_size = q.max_spdm_msg_size = 200;
  q.negotiate();
  const base::Bytes reply = q.clear(
      wire::encode(spdm::GetMeasurements{.header = q.header(spdm::Code::kGetMeasurements, 0, spdm::kMeasurementAll)}));
  EXPECT_EQ(error_in(reply), 0x0du);
  EXPECT_EQ(reply.size(), 8u);
}

TEST(Responder, TakesLongRequestsInPieces) {
  Settings settings = TestDevice::settings();
  settings.data_transfer_size = 64;
  TestDevice device(settings);
  TestRequester& q = device.requester;
  q.negotiate();
  const base::Bytes whole = q.key_exchange();
  base::Bytes reply;
  std::size_t at = 0;
  for (std::uint16_t number = 0; at < whole.size(); ++number) {
    const std::size_t size = std::min<std::size_t>(number == 0 ? 48 : 52, whole.size() - at);
    spdm::ChunkSend piece{.header = q.header(spdm::Code::kChunkSend, 0, 9), .chunk_seq_no = number};
    piece.chunk = base::bytes_of(base::View(whole).subspan(at, size));
    piece.chunk_size = static_cast<std::uint32_t>(size);
    piece.large_message_size = static_cast<std::uint32_t>(whole.size());
    at += size;
    if (at == whole.size()) piece.header.param1 = spdm::kLastChunk;
    reply = q.clear(wire::encode(piece));
    ASSERT_EQ(static_cast<spdm::Code>(reply[1]), spdm::Code::kChunkSendAck);
  }
  const auto ack = wire::decode<spdm::ChunkSendAck>(reply);
  EXPECT_TRUE(q.began(whole, ack->response_to_large_request, device.chain()));
}

TEST(Responder, EndsATransferAtAPieceAtFault) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.negotiate();
  spdm::ChunkSend piece{.header = q.header(spdm::Code::kChunkSend, 0, 9), .chunk = base::Bytes(64)};
  piece.chunk_size = 64;
  piece.large_message_size = 300;
  EXPECT_EQ(q.clear(wire::encode(piece))[2], 0);
  piece.chunk_seq_no = 2;  // 1 was due
  const auto ack = wire::decode<spdm::ChunkSendAck>(q.clear(wire::encode(piece)));
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->header.param1, spdm::kEarlyErrorDetected);
  EXPECT_EQ(error_in(ack->response_to_large_request), 0x01u);
  EXPECT_EQ(error_in(q.clear(get_certificate(device, 0, 0, 4))), 0u);
}

TEST(Responder, PutsOffAndAnswersWhenAskedAgain) {
  TestDevice device;
  TestRequester& q = device.requester;
  q.negotiate();
  device.responder.put_off(spdm::Code::kGetDigests, {.rdt_exponent = 3});
  const base::Bytes reply = q.clear(wire::encode(spdm::GetDigests{.header = q.header(spdm::Code::kGetDigests)}));
  const auto no = wire::decode<spdm::Error>(reply);
  ASSERT_TRUE(no);
  const auto when = wire::decode<spdm::NotReady>(no->extended);
  ASSERT_TRUE(when);
  EXPECT_EQ(when->rdt_exponent, 3);
  EXPECT_EQ(when->request_code, spdm::Code::kGetDigests);
  auto again = [&](std::uint8_t token) {
    return q.clear(wire::encode(q.header(spdm::Code::kRespondIfReady, static_cast<std::uint8_t>(when->request_code),
                                         token)));
  };
  EXPECT_EQ(error_in(again(static_cast<std::uint8_t>(when->token + 1))), 0x01u);
  EXPECT_EQ(static_cast<spdm::Code>(again(when->token)[1]), spdm::Code::kDigests);
  EXPECT_EQ(error_in(again(when->token)), 0x01u);
}

TEST(Responder, SaysTheSameForTheSameSeed) {
  TestDevice one, two;
  one.requester.negotiate();
  two.requester.negotiate();
  for (std::uint8_t summary : {spdm::kSummaryNone, spdm::kSummaryAll}) {
    const base::Bytes a = one.requester.clear(one.requester.key_exchange(summary));
    EXPECT_EQ(a, two.requester.clear(two.requester.key_exchange(summary)));
    EXPECT_EQ(error_in(a), 0u);
  }
}

TEST(DoeResponder, ServesDiscoveryAndSpdm) {
  TestDevice device;
  auto exchange = [&](const char* hex) {
    const auto reply = answer_object(device.responder, *base::from_hex(hex));
    return reply ? base::to_hex(*reply) : std::string("nothing");
  };
  EXPECT_EQ(exchange("010000000300000000000000"), "010000000300000001000001");
  EXPECT_EQ(exchange("010000000300000001000000"), "010000000300000001000102");
  EXPECT_EQ(exchange("010000000300000002000000"), "010000000300000001000200");
  EXPECT_EQ(exchange("010000000300000003000000"), "0100000003000000ffffff00");
  EXPECT_EQ(exchange("010001000300000010840000"), "010001000600000010040000000400100011001200130000");
  EXPECT_EQ(exchange("010005000300000010840000"), "nothing");
  EXPECT_EQ(exchange("020001000300000010840000"), "nothing");
  EXPECT_EQ(exchange("010001000400000010840000"), "nothing");
  EXPECT_EQ(exchange("0100020004000000010002000000000000000000"), "nothing");  // a record of no session
}

}  // namespace
}  // namespace responder
