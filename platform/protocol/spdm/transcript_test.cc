#include "platform/protocol/spdm/transcript.h"

#include <gtest/gtest.h>

namespace spdm {
namespace {

base::Bytes text(std::string_view t) { return base::bytes_of(t); }
base::Bytes sha(std::string_view t) { return crypto::hash(crypto::Digest::kSha384, base::view_of(t)); }

TEST(Transcript, OfAChallenge) {
  const ChallengeTranscript m{.vca = text("A"), .certificates = text("B"), .challenge = text("C"),
                              .challenge_auth = text("D")};
  EXPECT_EQ(m.bytes(), text("ABCD"));
}

TEST(Transcript, OfMeasurementsStartsWithTheConnectionSince12) {
  const MeasurementsTranscript l{.vca = text("A"), .log = text("MN")};
  EXPECT_EQ(l.bytes(Version::k11), text("MN"));
  EXPECT_EQ(l.bytes(Version::k12), text("AMN"));
  EXPECT_EQ(l.bytes(Version::k13), text("AMN"));
}

KeyExchangeTranscript exchange() {
  KeyExchangeTranscript t;
  t.vca = text("[vca]");
  t.certificate_chain = text("chain");
  t.key_exchange = text("[ke]");
  t.response = text("[rsp]");
  t.response_signature = text("[sig]");
  t.response_verify_data = text("[rvd]");
  t.finish = text("[fin]");
  t.finish_verify_data = text("[fvd]");
  t.finish_response = text("[frs]");
  return t;
}
std::string chain() { return base::text_of(sha("chain")); }

// TH1 has no verify data, TH2 has: with the clear handshake, where the field is absent, a mix-up goes unnoticed.
TEST(Transcript, OfAKeyExchange) {
  const KeyExchangeTranscript t = exchange();
  EXPECT_EQ(t.signed_by_responder(), text("[vca]" + chain() + "[ke][rsp]"));
  EXPECT_EQ(t.th1(), sha("[vca]" + chain() + "[ke][rsp][sig]"));
  EXPECT_EQ(t.hash_for_finish(), sha("[vca]" + chain() + "[ke][rsp][sig][rvd][fin]"));
  EXPECT_EQ(t.th2(), sha("[vca]" + chain() + "[ke][rsp][sig][rvd][fin][fvd][frs]"));
}

TEST(Transcript, OfAKeyExchangeInTheClear) {
  KeyExchangeTranscript t = exchange();
  t.response_verify_data = {};
  t.finish_response_verify_data = text("[frv]");
  EXPECT_EQ(t.th1(), exchange().th1());
  EXPECT_EQ(t.hash_for_finish_response(), sha("[vca]" + chain() + "[ke][rsp][sig][fin][fvd][frs]"));
  EXPECT_EQ(t.th2(), sha("[vca]" + chain() + "[ke][rsp][sig][fin][fvd][frs][frv]"));
}

TEST(Transcript, OfAKeyExchangeWithBothSidesAuthenticated) {
  KeyExchangeTranscript t = exchange();
  t.digests = text("[dig]");
  t.requester_digests = text("[rdig]");
  t.requester_certificate_chain = text("other");
  t.finish_signature = text("[fsig]");
  const std::string front = "[vca][dig]" + chain() + "[ke][rsp]";
  const std::string finish = front + "[sig][rvd][rdig]" + base::text_of(sha("other")) + "[fin]";
  EXPECT_EQ(t.signed_by_responder(), text(front));
  EXPECT_EQ(t.signed_by_requester(), text(finish));
  EXPECT_EQ(t.hash_for_finish(), sha(finish + "[fsig]"));
  EXPECT_EQ(t.th2(), sha(finish + "[fsig][fvd][frs]"));
}

TEST(Transcript, OfAPreSharedKey) {
  PskTranscript t;
  t.vca = text("[vca]");
  t.psk_exchange = text("[pe]");
  t.response = text("[rsp]");
  t.response_verify_data = text("[rvd]");
  t.finish = text("[fin]");
  t.finish_verify_data = text("[fvd]");
  t.finish_response = text("[frs]");
  EXPECT_EQ(t.th1(), sha("[vca][pe][rsp]"));
  EXPECT_EQ(t.hash_for_finish(), sha("[vca][pe][rsp][rvd][fin]"));
  EXPECT_EQ(t.th2(), sha("[vca][pe][rsp][rvd][fin][fvd][frs]"));
}

TEST(Transcript, UsesTheNegotiatedHash) {
  KeyExchangeTranscript t = exchange();
  t.digest = crypto::Digest::kSha256;
  EXPECT_EQ(t.th1().size(), 32u);
  EXPECT_EQ(t.signed_by_responder().size(), 5 + 32 + 4 + 5u);
}

}  // namespace
}  // namespace spdm
