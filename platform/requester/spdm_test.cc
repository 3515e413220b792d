// Conversations with an honest responder, and what lifted defences let through.
#include "platform/requester/spdm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "platform/protocol/spdm/signing.h"
#include "platform/requester/test_responder.h"

namespace requester {
namespace {

using spdm::Code;
using spdm::Version;

struct Pair {
  explicit Pair(Version version = Version::k12, Settings settings = {}, std::uint8_t seed = 1)
      : responder(version),
        requester((settings.versions = {version}, settings), counting_random(seed), defences, "x") {}
  std::optional<Message> carry(const Message& message) {
    base::append(sent, message.bytes);
    return responder(message);
  }
  bool run(const Goal& goal) {
    return static_cast<bool>(requester.run(goal, [&](const Message& m) { return carry(m); }));
  }
  bool open() { return run(Connect{}) && run(ReadCertificates{}) && run(OpenSession{}); }

  trust::Defences defences;
  TestResponder responder;
  Spdm requester;
  base::Bytes sent;
};

bool all_goals(Pair& pair) {
  if (!pair.run(Connect{}) || !pair.run(ReadCertificates{}) || !pair.run(Challenge{.summary = 0})) return false;
  if (!pair.run(Measure{}) || !pair.run(Measure{.how = Measure::How::kOneByOne})) return false;
  if (pair.requester.learned().version < Version::k11) return true;
  const Goal opens[] = {OpenSession{.summary = spdm::kSummaryAll}, OpenPskSession{.psk = pair.responder.psk}};
  for (const Goal& open : opens) {
    if (!pair.run(open) || !pair.requester.in_session()) return false;
    for (const Goal& goal : {Goal{SendHeartbeat{}}, Goal{UpdateKeys{false}}, Goal{UpdateKeys{true}}, Goal{Measure{}},
                             Goal{SendVendorDefined{.payload = {1, 2, 3}}}, Goal{CloseSession{}}})
      if (!pair.run(goal)) return false;
    if (pair.requester.in_session() || pair.requester.learned().vendor_payload != base::Bytes{3, 2, 1}) return false;
  }
  return true;
}

Settings in_the_clear() {
  Settings settings;
  settings.capabilities |= spdm::kCapHandshakeInTheClear;
  return settings;
}

TEST(SpdmRequester, DoesEverythingInEveryVersion) {
  for (Version version : {Version::k10, Version::k11, Version::k12, Version::k13}) {
    SCOPED_TRACE(static_cast<int>(version));
    Pair sealed(version), clear(version, in_the_clear());
    EXPECT_TRUE(all_goals(sealed));
    EXPECT_TRUE(all_goals(clear));
  }
}

TEST(SpdmRequester, KnowsPaddingFromMessages) {
  Pair pair(Version::k13);
  pair.responder.pads = true;
  EXPECT_TRUE(all_goals(pair));
}

TEST(SpdmRequester, ReadsChainsInPortionsAndAnswersInChunks) {
  Settings settings;
  settings.certificate_portion = 100;
  Pair portions(Version::k12, settings);
  EXPECT_TRUE(all_goals(portions));
  EXPECT_EQ(portions.requester.learned().slots[0]->chain, portions.responder.chain);

  Pair chunks;
  chunks.responder.chunk = 50;
  EXPECT_TRUE(all_goals(chunks));
}

TEST(SpdmRequester, OpensASessionWithoutFinishWhereThePeerHasNoContext) {
  Pair pair;
  pair.responder.capabilities = (pair.responder.capabilities & ~spdm::kCapPskMask) | spdm::kCapPsk;
  ASSERT_TRUE(pair.run(Connect{}) && pair.run(OpenPskSession{.psk = pair.responder.psk}));
  EXPECT_TRUE(pair.run(SendHeartbeat{}));
}

TEST(SpdmRequester, SaysTheSameWithTheSameRandomness) {
  Pair one, two, other(Version::k12, {}, 9);
  ASSERT_TRUE(all_goals(one) && all_goals(two) && all_goals(other));
  EXPECT_EQ(one.sent, two.sent);
  EXPECT_NE(one.sent, other.sent);
}

TEST(SpdmRequester, ShowsEvidenceThatVerifiesAgain) {
  Pair pair;
  ASSERT_TRUE(all_goals(pair));
  const Learned& l = pair.requester.learned();
  const base::Bytes& key = l.slots[0]->public_key;
  const auto verifies = [&](const SignedEvidence& e, spdm::Purpose purpose) {
    return spdm::verify(l.algorithms, l.algorithms.base_asym, purpose, e.transcript, key, e.signature);
  };
  EXPECT_TRUE(verifies(l.challenge->evidence, spdm::Purpose::kChallengeAuth));
  EXPECT_TRUE(verifies(*l.measurements->evidence, spdm::Purpose::kMeasurements));
  EXPECT_EQ(l.measurements->blocks, pair.responder.blocks);
}

TEST(SpdmRequester, KeepsTheConversationOfMeasurementsThatNobodySigned) {
  Pair pair;
  ASSERT_TRUE(pair.run(Connect{}) && pair.run(ReadCertificates{}));
  ASSERT_TRUE(pair.run(Measure{.with_signature = false}));
  const auto& measured = pair.requester.learned().measurements;
  EXPECT_FALSE(measured->evidence);
  const base::Bytes record = spdm::record_of(pair.responder.blocks);
  EXPECT_NE(std::ranges::search(measured->transcript, record).begin(), measured->transcript.end());
  const base::Bytes& vca = pair.requester.learned().vca;
  EXPECT_TRUE(std::ranges::equal(base::View(measured->transcript).first(vca.size()), vca));
  ASSERT_TRUE(pair.run(Measure{}));
  EXPECT_TRUE(pair.requester.learned().measurements->transcript.empty());
}

TEST(SpdmRequester, MeasuresOneByOneAcrossGaps) {
  Pair pair;
  ASSERT_TRUE(pair.run(Connect{}) && pair.run(ReadCertificates{}));
  ASSERT_TRUE(pair.run(Measure{.how = Measure::How::kOneByOne, .with_signature = false}));
  EXPECT_EQ(pair.requester.learned().measurements->blocks, pair.responder.blocks);
  pair.responder.blocks.clear();
  EXPECT_TRUE(pair.run(Measure{.how = Measure::How::kOneByOne}));
  EXPECT_TRUE(pair.requester.learned().measurements->blocks.empty());
  EXPECT_TRUE(pair.requester.learned().measurements->evidence);
}

TEST(SpdmRequester, WaitsForABusyResponder) {
  Pair pair;
  ASSERT_TRUE(pair.run(Connect{}));
  int busy = 3;
  pair.responder.spoil = [&](Code, base::Bytes& answer) {
    if (busy-- > 0) answer = wire::encode(spdm::error(Version::k12, spdm::ErrorCode::kBusy));
  };
  ASSERT_TRUE(pair.requester.start(ReadCertificates{.slots = 0}));
  std::uint64_t waited = 0;
  while (auto message = pair.requester.next()) {
    waited += message->wait_microseconds;
    ASSERT_TRUE(pair.requester.receive(*pair.responder(*message)));
  }
  EXPECT_EQ(waited, 3 * Limits{}.busy_wait_microseconds);
}

TEST(SpdmRequester, AsksAgainForAnAnswerThatWasNotReady) {
  Pair pair;
  ASSERT_TRUE(pair.run(Connect{}));
  bool first = true;
  pair.responder.spoil = [&](Code code, base::Bytes& answer) {
    if (code == Code::kGetDigests && std::exchange(first, false)) {
      answer = wire::encode(spdm::error_not_ready(Version::k12, {.rdt_exponent = 5, .request_code = code, .token = 3}));
    } else if (code == Code::kRespondIfReady) {
      EXPECT_EQ(pair.requester.next()->bytes, (base::Bytes{0x12, 0xff, 0x81, 3}));
    }
  };
  EXPECT_TRUE(pair.run(ReadCertificates{.slots = 0}));
}

TEST(SpdmRequester, StaysWithItsKeysWhenAnUpdateIsRefused) {
  for (bool both : {false, true}) {
    Pair pair;
    ASSERT_TRUE(pair.open());
    pair.responder.refuses_key_update = true;
    EXPECT_FALSE(pair.run(UpdateKeys{both}));
    EXPECT_TRUE(pair.run(SendHeartbeat{}));
    pair.responder.refuses_key_update = false;
    EXPECT_TRUE(pair.run(UpdateKeys{both}) && pair.run(SendHeartbeat{}));
  }
}

// ---- lifted ---------------------------------------------------------------------------------------------------------

TEST(SpdmRequester, TakesAlteredRecordsOnlyWithoutTheTag) {
  for (bool lifted : {false, true}) {
    Pair pair;
    if (lifted) pair.defences.lift("spdm.record.tag");
    ASSERT_TRUE(pair.open());
    // The last byte of the payload, in front of the tag.
    pair.responder.spoil_wire = [](Message& m) { m.bytes[m.bytes.size() - spdm::kRecordMacSize - 1] ^= 0xf0; };
    EXPECT_EQ(pair.run(SendVendorDefined{.payload = {0x0f, 2, 3}}), lifted);
    EXPECT_EQ(pair.requester.in_session(), lifted);
    if (!lifted) continue;
    EXPECT_EQ(pair.requester.learned().vendor_payload, (base::Bytes{3, 2, 0xff}));
    pair.responder.spoil_wire = nullptr;
    EXPECT_TRUE(pair.run(SendHeartbeat{}));
  }
}

TEST(SpdmRequester, TakesClearAnswersInASessionOnlyWithoutTheCheck) {
  for (bool lifted : {false, true}) {
    Pair pair;
    if (lifted) pair.defences.lift("spdm.response.secured");
    ASSERT_TRUE(pair.open());
    pair.responder.answers_secured = false;
    EXPECT_EQ(pair.run(SendHeartbeat{}), lifted);
  }
}

TEST(SpdmRequester, TakesForgedSignaturesOnlyWithoutTheCheck) {
  const struct {
    const char* id;
    Code code;
    Goal goal;
  } kCases[] = {{"spdm.challenge.signature", Code::kChallenge, Challenge{}},
                {"spdm.measurements.signature", Code::kGetMeasurements, Measure{}}};
  for (const auto& c : kCases) {
    for (bool lifted : {false, true}) {
      Pair pair;
      if (lifted) pair.defences.lift(c.id);
      ASSERT_TRUE(pair.run(Connect{}) && pair.run(ReadCertificates{}));
      pair.responder.spoil = [&](Code code, base::Bytes& answer) {
        if (code == c.code) answer.back() ^= 1;
      };
      EXPECT_EQ(pair.run(c.goal), lifted) << c.id;
    }
  }
}

TEST(SpdmRequester, SpeaksNoVersionThatItsOwnerDoesNotAllow) {
  trust::Defences defences;
  TestResponder responder(Version::k11);
  Spdm requester({}, counting_random(), defences, "x");
  EXPECT_FALSE(requester.run(Connect{}, responder));
  EXPECT_EQ(requester.learned().version, Version::k10);
}

// ---- whatever comes -------------------------------------------------------------------------------------------------

// One altered byte of one answer, wherever it is, is noticed by the end of the handshake; only what DIGESTS and
// CERTIFICATE say besides the chain is covered by nothing but a CHALLENGE.
TEST(SpdmRequester, NoticesAnyAlteredByte) {
  constexpr std::size_t kAnswers = 10, kDigests = 3, kCertificate = 4;
  for (std::size_t victim = 0; victim < kAnswers; ++victim) {
    for (std::size_t at = 0; at < 700; at += at < 16 ? 1 : 29) {
      Pair pair;
      std::size_t seen = 0;
      pair.responder.spoil_wire = [&](Message& m) {
        if (seen++ == victim) m.bytes[at % m.bytes.size()] ^= 0x41;
      };
      const bool done = pair.open() && pair.run(UpdateKeys{}) && pair.run(CloseSession{});
      EXPECT_TRUE(!done || victim == kDigests || victim == kCertificate) << victim << " " << at;
      EXPECT_LE(pair.responder.answered(), kAnswers + 8);
    }
  }
}

TEST(SpdmRequester, RefusesEveryTruncation) {
  for (std::size_t victim = 0; victim < 7; ++victim) {
    for (std::size_t cut : {1u, 2u, 3u, 4u, 5u, 9u, 40u, 100u}) {
      Pair pair;
      std::size_t seen = 0;
      bool cut_short = false;
      pair.responder.spoil_wire = [&](Message& m) {
        if (seen++ != victim || m.bytes.size() < cut) return;
        m.bytes.resize(m.bytes.size() - cut);
        cut_short = true;
      };
      const bool done = pair.open();
      EXPECT_EQ(done, !cut_short) << victim << " " << cut;
    }
  }
}

}  // namespace
}  // namespace requester
