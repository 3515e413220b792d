// Each wrong answer is refused by the rule that is about it; each rule refuses something.
#include <gtest/gtest.h>

#include <set>

#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/error.h"
#include "platform/requester/rows.h"
#include "platform/requester/spdm.h"
#include "platform/requester/test_responder.h"

namespace requester {
namespace {

using base::Bytes;
using spdm::Code;
using spdm::Version;

constexpr std::size_t kHash = 48;

// What is wrong, and what it must be refused for.
struct Wrong {
  const char* rule;
  std::vector<Goal> goals;              // the last one is refused
  Code code{};                          // whose answer
  std::function<void(Bytes&)> spoil{};  // what is done to it, each time
  Version version = Version::k12;
  std::function<void(TestResponder&, Settings&)> prepare{};
  std::function<void(Message&)> spoil_wire{};  // of answers to the last goal
  std::vector<const char*> lift{};
};

const Goal kConnect = Connect{}, kCertificates = ReadCertificates{}, kOpen = OpenSession{};
const std::vector<Goal> kToConnect{kConnect}, kToCertificates{kConnect, kCertificates},
    kToChallenge{kConnect, kCertificates, Challenge{}}, kToMeasure{kConnect, kCertificates, Measure{.index = 1}},
    kToOpen{kConnect, kCertificates, kOpen}, kToPsk{kConnect, OpenPskSession{.psk = {'k', 'e', 'y'}}},
    kToHeartbeat{kConnect, kCertificates, kOpen, SendHeartbeat{}};

std::function<void(Bytes&)> flip(std::size_t at, std::uint8_t bits) {
  return [=](Bytes& b) { b.at(at) ^= bits; };
}
std::function<void(Bytes&)> flip_from_end(std::size_t at, std::uint8_t bits) {
  return [=](Bytes& b) { b.at(b.size() - at) ^= bits; };
}
std::function<void(Bytes&)> put16(std::size_t at, std::uint16_t value) {
  return [=](Bytes& b) { base::store_le<std::uint16_t>(b, at, value); };
}
std::function<void(Bytes&)> error(spdm::ErrorCode code) {
  return [=](Bytes& b) { b = wire::encode(spdm::error(Version::k12, code)); };
}
std::function<void(Bytes&)> not_ready(std::uint8_t exponent, Code about) {
  return [=](Bytes& b) { b = wire::encode(spdm::error_not_ready(Version::k12, {exponent, about, 1, 1})); };
}
std::function<void(TestResponder&, Settings&)> capabilities(std::uint32_t without, std::uint32_t with = 0) {
  return [=](TestResponder& r, Settings&) { r.capabilities = (r.capabilities & ~without) | with; };
}
void in_the_clear(TestResponder&, Settings& settings) { settings.capabilities |= spdm::kCapHandshakeInTheClear; }
void in_chunks(TestResponder& responder, Settings&) { responder.chunk = 60; }

// An opaque field that is too long, put where an empty one was; `at` counts from the end.
std::function<void(Bytes&)> long_opaque(std::size_t at) {
  return [=](Bytes& b) {
    const std::size_t offset = b.size() - at;
    base::store_le<std::uint16_t>(b, offset, 1025);
    b.insert(b.begin() + static_cast<std::ptrdiff_t>(offset) + 2, 1025, 0);
  };
}

const std::vector<Wrong>& wrongs() {
  using spdm::ErrorCode;
  // Offsets: KEY_EXCHANGE_RSP has 8 bytes, 32 random, 96 of point, 2 of opaque length, opaque data, 96 of signature,
  // 48 of verify data.
  constexpr std::size_t kPoint = 40, kOpaque = 136;
  static const std::vector<Wrong> kWrongs{
      // goals
      {"spdm.goal.order", {kCertificates}},
      {"spdm.goal.order", {kConnect, SendHeartbeat{}}},
      {"spdm.goal.order", {kConnect, kCertificates, kOpen, Challenge{}}},
      {"spdm.goal.capability", kToCertificates, {}, {}, Version::k12, capabilities(spdm::kCapCert)},
      {"spdm.goal.capability", kToOpen, {}, {}, Version::k12, capabilities(spdm::kCapMac)},
      {"spdm.goal.capability", kToMeasure, {}, {}, Version::k12, capabilities(spdm::kCapMeasurementsMask)},
      {"spdm.goal.certificate", {kConnect, Challenge{}}},
      {"spdm.goal.certificate", {kConnect, kCertificates, Measure{.slot = 1}}},
      {"spdm.goal.certificate", {kConnect, kCertificates, OpenSession{.slot = 99}}},
      {"spdm.record.bound",
       kToHeartbeat,
       {},
       {},
       Version::k12,
       [](TestResponder&, Settings& s) { s.limits.records_max = 0; }},
      // every answer
      {"spdm.response.header", kToConnect, Code::kGetVersion, [](Bytes& b) { b.resize(3); }},
      {"spdm.response.code", kToConnect, Code::kGetCapabilities, flip(1, 1)},
      {"spdm.response.version", kToConnect, Code::kGetCapabilities, flip(0, 1)},
      {"spdm.response.version", kToConnect, Code::kGetVersion, flip(0, 2)},
      {"spdm.response.form", kToConnect, Code::kGetVersion, [](Bytes& b) { b.pop_back(); }},
      {"spdm.response.form", kToConnect, Code::kNegotiateAlgorithms, [](Bytes& b) { b.resize(b.size() + 4); }},
      {"spdm.response.form", kToConnect, Code::kNegotiateAlgorithms, [](Bytes& b) { b.push_back(1); }},
      {"spdm.response.error", kToConnect, Code::kGetVersion, error(ErrorCode::kUnspecified)},
      {"spdm.response.error", kToHeartbeat, Code::kHeartbeat, error(ErrorCode::kDecryptError)},
      {"spdm.response.error", kToConnect, Code::kGetCapabilities,
       [](Bytes& b) { b = wire::encode(spdm::error_large_response(Version::k12, 1)); }},
      {"spdm.response.clear", kToConnect, {}, {}, Version::k12, {}, [](Message& m) { m.secured = true; }},
      {"spdm.response.secured", kToHeartbeat, {}, {}, Version::k12, {}, [](Message& m) { m.secured = false; }},
      {"spdm.record.form", kToHeartbeat, {}, {}, Version::k12, {}, [](Message& m) { m.bytes.resize(5); }},
      {"spdm.record.session", kToHeartbeat, {}, {}, Version::k12, {}, [](Message& m) { m.bytes[0] ^= 1; }},
      {"spdm.record.tag", kToHeartbeat, {}, {}, Version::k12, {}, [](Message& m) { m.bytes.back() ^= 1; }},
      {"spdm.record.text",
       kToHeartbeat,
       {},
       {},
       Version::k12,
       {},
       [](Message& m) { m.bytes[7] ^= 0xff; },
       {"spdm.record.tag"}},
      // patience and pieces
      {"spdm.busy.bound", kToConnect, Code::kGetCapabilities, error(ErrorCode::kBusy)},
      {"spdm.not-ready.bound", kToCertificates, Code::kGetDigests, not_ready(1, Code::kGetDigests)},
      {"spdm.not-ready.request", kToCertificates, Code::kGetDigests, not_ready(1, Code::kChallenge)},
      {"spdm.not-ready.time", kToCertificates, Code::kGetDigests, not_ready(40, Code::kGetDigests)},
      {"spdm.not-ready.time", kToCertificates, Code::kGetDigests, not_ready(255, Code::kGetDigests)},
      {"spdm.chunk.order", kToChallenge, Code::kChunkGet,
       [](Bytes& b) {
         if (b[4] != 0) b[4] ^= 2;
       },
       Version::k12, in_chunks},
      {"spdm.chunk.order", kToChallenge, Code::kChunkGet, flip(3, 1), Version::k12, in_chunks},
      {"spdm.chunk.size", kToChallenge, Code::kChunkGet, put16(14, 0x7fff), Version::k12, in_chunks},
      {"spdm.chunk.last", kToChallenge, Code::kChunkGet, flip(2, spdm::kLastChunk), Version::k12, in_chunks},
      // connecting
      {"spdm.version.offered", kToConnect, Code::kGetVersion, put16(8, 0x1100)},
      {"spdm.version.offered", kToConnect, Code::kGetVersion, put16(8, 0x1201)},  // an alpha
      {"spdm.version.known",
       kToConnect,
       Code::kGetVersion,
       [](Bytes& b) { b[7] = b[9] = 0x30; },
       Version::k12,
       {},
       {},
       {"spdm.version.offered"}},
      {"spdm.capabilities.lawful", kToConnect, Code::kGetCapabilities, flip(8, 0x08)},
      {"spdm.capabilities.lawful", kToConnect, Code::kGetCapabilities, flip(9, 0x04)},
      {"spdm.capabilities.lawful", kToConnect, Code::kGetCapabilities, flip(8, 0xc0)},
      {"spdm.capabilities.transfer", kToConnect, Code::kGetCapabilities, put16(12, 41)},
      {"spdm.capabilities.transfer", kToConnect, Code::kGetCapabilities, put16(16, 0x0fff)},
      {"spdm.algorithms.size", kToConnect, Code::kNegotiateAlgorithms, flip(4, 1)},
      {"spdm.algorithms.offered", kToConnect, Code::kNegotiateAlgorithms, put16(16, spdm::kHashSha512)},
      {"spdm.algorithms.offered", kToConnect, Code::kNegotiateAlgorithms, put16(12, spdm::kAsymEcdsaP521)},
      {"spdm.algorithms.offered", kToConnect, Code::kNegotiateAlgorithms, put16(42, spdm::kAeadAes128Gcm)},
      {"spdm.algorithms.offered", kToConnect, Code::kNegotiateAlgorithms, flip(7, spdm::kOpaqueFormat0)},
      {"spdm.algorithms.single", kToConnect, Code::kNegotiateAlgorithms,
       put16(16, spdm::kHashSha384 | spdm::kHashSha256)},
      {"spdm.algorithms.single", kToConnect, Code::kNegotiateAlgorithms, put16(16, 0)},
      {"spdm.algorithms.single", kToConnect, Code::kNegotiateAlgorithms, put16(12, 0)},
      {"spdm.algorithms.single", kToConnect, Code::kNegotiateAlgorithms,
       put16(38, spdm::kDheSecp384r1 | spdm::kDheSecp256r1)},
      // certificates
      {"spdm.response.form", kToCertificates, Code::kGetDigests, flip(3, 2)},
      {"spdm.certificate.slot", kToCertificates, Code::kGetCertificate, flip(2, 1)},
      {"spdm.certificate.portion", kToCertificates, Code::kGetCertificate,
       [](Bytes& b) { b.resize(8), b[4] = b[5] = 0; }},
      {"spdm.certificate.portion", kToCertificates, Code::kGetCertificate, [](Bytes& b) { b.push_back(0), b[4] += 1; },
       Version::k12, [](TestResponder&, Settings& s) { s.certificate_portion = 50; }},
      {"spdm.certificate.length", kToCertificates, Code::kGetCertificate,
       [n = 0](Bytes& b) mutable { b[6] = static_cast<std::uint8_t>(b[6] + n++); }, Version::k12,
       [](TestResponder&, Settings& s) { s.certificate_portion = 50; }},
      {"spdm.certificate.bound",
       kToCertificates,
       {},
       {},
       Version::k12,
       [](TestResponder&, Settings& s) { s.certificate_portion = 50, s.limits.certificate_portions_max = 3; }},
      {"spdm.certificate.bound", kToCertificates, Code::kGetCertificate, put16(6, 0xffff)},
      {"spdm.certificate.digest", kToCertificates, Code::kGetCertificate, flip_from_end(1, 1)},
      {"spdm.certificate.form",
       kToCertificates,
       {},
       {},
       Version::k12,
       [](TestResponder& r, Settings&) { r.chain[0] ^= 1; }},
      {"spdm.certificate.key",
       kToCertificates,
       {},
       {},
       Version::k12,
       [](TestResponder& r, Settings&) {
         r.chain = spdm::certificate_chain_of(crypto::Digest::kSha384, {Bytes{0x30, 1, 0}});
       }},
      {"spdm.certificate.key",
       kToCertificates,
       {},
       {},
       Version::k12,
       [](TestResponder& r, Settings&) { r.algorithms.base_asym = spdm::kAsymEcdsaP256; }},
      // challenge
      {"spdm.challenge.slot", kToChallenge, Code::kChallenge, flip(2, 1)},
      {"spdm.challenge.chain", kToChallenge, Code::kChallenge, flip(4, 1)},
      {"spdm.challenge.context", kToChallenge, Code::kChallenge, flip_from_end(97, 1), Version::k13},
      {"spdm.challenge.mutual-auth", kToChallenge, Code::kChallenge, flip(2, 0x80), Version::k11},
      {"spdm.challenge.opaque", kToChallenge, Code::kChallenge, long_opaque(98)},
      {"spdm.challenge.signature", kToChallenge, Code::kChallenge, flip_from_end(1, 1)},
      {"spdm.challenge.signature", kToChallenge, Code::kChallenge, flip(4 + kHash, 1)},  // the nonce
      // measurements
      {"spdm.measurements.record", kToMeasure, Code::kGetMeasurements, flip(4, 3)},
      {"spdm.measurements.block", kToMeasure, Code::kGetMeasurements, flip(8, 3)},
      {"spdm.measurements.slot", kToMeasure, Code::kGetMeasurements, flip(3, 1)},
      {"spdm.measurements.context", kToMeasure, Code::kGetMeasurements, flip_from_end(97, 1), Version::k13},
      {"spdm.measurements.opaque", kToMeasure, Code::kGetMeasurements, long_opaque(98)},
      {"spdm.measurements.signature", kToMeasure, Code::kGetMeasurements, flip(20, 1)},
      {"spdm.measurements.count",
       {kConnect, kCertificates, Measure{.how = Measure::How::kOneByOne}},
       Code::kGetMeasurements,
       [](Bytes& b) {
         if (b.size() > 4 && b[4] == 0) b[2] = 5;
       }},
      // sessions
      {"spdm.key-exchange.mutual-auth", kToOpen, Code::kKeyExchange, flip(6, 1)},
      {"spdm.key-exchange.opaque", kToOpen, Code::kKeyExchange,
       [](Bytes& b) {
         b.insert(b.begin() + kOpaque + 2, 1025, 0);
         base::store_le<std::uint16_t>(b, kOpaque,
                                       static_cast<std::uint16_t>(base::load_le<std::uint16_t>(b, kOpaque) + 1025));
       }},
      {"spdm.key-exchange.secured-version", kToOpen, Code::kKeyExchange,
       [](Bytes& b) { b[kOpaque + 2 + base::load_le<std::uint16_t>(b, kOpaque) - 1] = 0x20; }},
      {"spdm.key-exchange.point", kToOpen, Code::kKeyExchange, flip(kPoint, 1)},
      {"spdm.key-exchange.signature", kToOpen, Code::kKeyExchange, flip_from_end(kHash + 1, 1)},
      {"spdm.key-exchange.signature", kToOpen, Code::kKeyExchange, flip(8, 1)},  // the random data
      {"spdm.key-exchange.verify-data", kToOpen, Code::kKeyExchange, flip_from_end(1, 1)},
      {"spdm.finish-rsp.verify-data", kToOpen, Code::kFinish, flip_from_end(1, 1), Version::k12, in_the_clear},
      {"spdm.psk-exchange.opaque", kToPsk, Code::kPskExchange,
       [](Bytes& b) {
         b.insert(b.end() - kHash, 1025, 0);
         base::store_le<std::uint16_t>(b, 10, static_cast<std::uint16_t>(base::load_le<std::uint16_t>(b, 10) + 1025));
       }},
      {"spdm.psk-exchange.secured-version", kToPsk, Code::kPskExchange, flip_from_end(kHash + 1, 0xff)},
      {"spdm.psk-exchange.context", kToPsk, Code::kPskExchange,
       [](Bytes& b) { b.erase(b.begin() + 12, b.begin() + 12 + kHash), b[8] = 0; }},
      {"spdm.psk-exchange.verify-data", kToPsk, Code::kPskExchange, flip_from_end(1, 1)},
      {"spdm.psk-exchange.verify-data", {kConnect, OpenPskSession{.psk = {'n', 'o'}}}},
      {"spdm.key-update.echo", {kConnect, kCertificates, kOpen, UpdateKeys{}}, Code::kKeyUpdate, flip(3, 1)},
      {"spdm.vendor-defined.registry",
       {kConnect, kCertificates, kOpen, SendVendorDefined{.payload = {1}}},
       Code::kVendorDefinedRequest,
       flip(4, 1)},
  };
  return kWrongs;
}

std::string outcome_of(const Wrong& wrong) {
  trust::Defences defences;
  for (const char* id : wrong.lift) defences.lift(id);
  TestResponder responder(wrong.version);
  Settings settings;
  settings.versions = {wrong.version};
  if (wrong.prepare) wrong.prepare(responder, settings);
  Spdm requester(settings, counting_random(), defences, "x");
  for (std::size_t i = 0; i < wrong.goals.size(); ++i) {
    const bool is_last = i + 1 == wrong.goals.size();
    if (is_last) {
      responder.spoil = [&](Code code, Bytes& answer) {
        if (wrong.spoil && (code == wrong.code || (code == Code::kRespondIfReady && wrong.code == Code::kGetDigests)))
          wrong.spoil(answer);
      };
      responder.spoil_wire = wrong.spoil_wire;
    }
    auto result = requester.run(wrong.goals[i], responder);
    EXPECT_LT(responder.answered(), 600u);
    if (!result) {
      EXPECT_FALSE(requester.next());
      return is_last ? std::string(result.refusal().by->id) : "refused too early";
    }
  }
  return "not refused";
}

TEST(SpdmRefusals, NameTheRuleThatIsBroken) {
  for (std::size_t i = 0; i < wrongs().size(); ++i) EXPECT_EQ(outcome_of(wrongs()[i]), wrongs()[i].rule) << "row " << i;
}

TEST(SpdmRefusals, AnswersNobodyAskedForAndSilence) {
  trust::Defences defences;
  Spdm requester({}, counting_random(), defences, "x");
  EXPECT_EQ(requester.receive(Message{}).refusal().by->id, "spdm.response.expected");
  ASSERT_TRUE(requester.start(Connect{}));
  EXPECT_EQ(requester.receive_nothing().refusal().by->id, "spdm.response.arrives");
  EXPECT_FALSE(requester.next());
}

TEST(SpdmRefusals, EveryRuleRefusesSomething) {
  std::set<std::string_view> refused{"spdm.response.expected", "spdm.response.arrives"};
  for (const Wrong& wrong : wrongs()) refused.insert(wrong.rule);
  for (const trust::Defence* row : rows())
    EXPECT_EQ(refused.contains(row->id), row->id.starts_with("spdm.")) << row->id;
}

}  // namespace
}  // namespace requester
