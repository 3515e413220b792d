#include "guest/relying_party/server.h"

#include <gtest/gtest.h>

#include <set>

#include "guest/relying_party/test_evidence.h"

namespace relying_party {
namespace {

using test::TestEvidence;

constexpr Picoseconds kMillisecond = 1'000'000'000;

// An owner, and a guest that can attest to any nonce and key.
struct Network {
  TestEvidence machine;
  trust::Defences defences;
  base::Bytes secret = base::bytes_of("the disk key");
  RelyingParty owner{snp_appraiser(machine.policy, defences), secret, test::random_from("owner"), defences};
  crypto::EcKey guest = make_channel_key(test::random_from("guest"));

  Nonce ask(Picoseconds at = 0) {
    auto challenge = wire::decode<Challenge>(owner.receive(wire::encode(Hello{}), {at, machine.now}));
    return challenge ? challenge->nonce : Nonce{};
  }
  // Evidence for a nonce and key, said to be for another pair.
  base::Bytes evidence(const Nonce& nonce, const Nonce& said, const ChannelKey& said_key) {
    Evidence message;
    machine.report.report_data = report_data_for(nonce, public_half(guest));
    message.nonce = said;
    message.channel_key = said_key;
    message.report = machine.bytes();
    message.certificates = machine.table();
    message.report_size = static_cast<std::uint32_t>(message.report.size());
    message.certificates_size = static_cast<std::uint32_t>(message.certificates.size());
    return wire::encode(message);
  }
  base::Bytes evidence(const Nonce& nonce) { return evidence(nonce, nonce, public_half(guest)); }

  // "secret" when the guest can open what came, else the defence that refused.
  std::string outcome(base::View message, Picoseconds at = 0) {
    auto reply = owner.receive(message, {at, machine.now});
    if (auto refused = wire::decode<Refused>(reply)) return base::text_of(refused->defence);
    auto sealed = wire::decode<Secret>(reply);
    if (!sealed) return "neither";
    auto opened = open_secret(guest, sealed->nonce, {sealed->ephemeral, sealed->sealed});
    return opened == secret ? "secret" : "sealed to another";
  }
};

TEST(RelyingParty, GivesTheSecretToAnHonestGuestAndNotesIt) {
  Network n;
  auto nonce = n.ask();
  EXPECT_EQ(n.outcome(n.evidence(nonce), kMillisecond), "secret");
  ASSERT_EQ(n.owner.releases().size(), 1u);
  EXPECT_EQ(n.owner.releases()[0].channel_key, public_half(n.guest));
  EXPECT_EQ(n.owner.releases()[0].nonce, nonce);
  EXPECT_EQ(n.owner.releases()[0].at, kMillisecond);
}

TEST(RelyingParty, NeverIssuesANonceTwice) {
  Network n;
  std::set<Nonce> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(n.ask()).second);
}

TEST(RelyingParty, AcceptsANonceOnceOnly) {
  Network n;
  auto message = n.evidence(n.ask());
  EXPECT_EQ(n.outcome(message), "secret");
  EXPECT_EQ(n.outcome(message), "rp.session.nonce-single-use");
  n.defences.lift("rp.session.nonce-single-use");
  EXPECT_EQ(n.outcome(message), "secret");
}

TEST(RelyingParty, ARefusedAnswerUsesTheNonceUpToo) {
  Network n;
  auto nonce = n.ask();
  n.machine.report.vmpl = 3;
  EXPECT_EQ(n.outcome(n.evidence(nonce)), "rp.vmpl");
  n.machine.report.vmpl = 0;
  EXPECT_EQ(n.outcome(n.evidence(nonce)), "rp.session.nonce-single-use");
  EXPECT_EQ(n.outcome(n.evidence(n.ask())), "secret");
}

TEST(RelyingParty, RefusesALateAnswer) {
  for (bool lifted : {false, true}) {
    Network n;
    if (lifted) n.defences.lift("rp.session.age");
    auto nonce = n.ask(5);
    auto late = 5 + n.machine.policy.session_age_max + 1;
    EXPECT_EQ(n.outcome(n.evidence(nonce), late), lifted ? "secret" : "rp.session.age");
  }
  Network n;
  auto nonce = n.ask(5);
  EXPECT_EQ(n.outcome(n.evidence(nonce), 5 + n.machine.policy.session_age_max), "secret");
}

TEST(RelyingParty, RefusesAnOldReportUnderAFreshNonce) {
  Network n;
  auto old = n.ask(), fresh = n.ask();
  EXPECT_EQ(n.outcome(n.evidence(old, fresh, public_half(n.guest))), "rp.report-data");
}

TEST(RelyingParty, RefusesAKeyThatTheReportDoesNotVouchFor) {
  Network n;
  auto impostor = public_half(make_channel_key(test::random_from("impostor")));
  auto nonce = n.ask();
  EXPECT_EQ(n.outcome(n.evidence(nonce, nonce, impostor)), "rp.report-data");
  EXPECT_TRUE(n.owner.releases().empty());
  n.defences.lift("rp.report-data");
  nonce = n.ask();
  EXPECT_EQ(n.outcome(n.evidence(nonce, nonce, impostor)), "sealed to another");
}

TEST(RelyingParty, RefusesAChallengeItNeverIssuedOrForgot) {
  Network n;
  n.defences.lift("rp.session.challenge");  // conformance: no effect
  EXPECT_EQ(n.outcome(n.evidence(Nonce{1, 2, 3})), "rp.session.challenge");
  auto nonce = n.ask();
  for (std::size_t i = 0; i < RelyingParty::kSessionsMax; ++i) n.ask();
  EXPECT_EQ(n.outcome(n.evidence(nonce)), "rp.session.challenge");
}

TEST(RelyingParty, RefusesAKeyThatIsNoPoint) {
  Network n;
  n.defences.lift("rp.report-data");
  auto nonce = n.ask();
  EXPECT_EQ(n.outcome(n.evidence(nonce, nonce, ChannelKey{})), "rp.channel.key");
  EXPECT_TRUE(n.owner.releases().empty());
}

TEST(RelyingParty, RefusesEvidenceOfAKindItCannotRead) {
  Network n;
  auto message = n.evidence(n.ask());
  message[4] = 9;
  EXPECT_EQ(n.outcome(message), "rp.message.kind");
}

TEST(RelyingParty, RefusesWhatIsNoMessage) {
  Network n;
  auto good = n.evidence(n.ask());
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size == wire::min_size<Hello>()) continue;
    ASSERT_EQ(n.outcome(base::View(good).first(size)), "rp.message.format") << size;
  }
  EXPECT_EQ(n.outcome(wire::encode(Challenge{})), "rp.message.format");
  EXPECT_EQ(n.outcome(wire::encode(Secret{})), "rp.message.format");
  EXPECT_EQ(n.outcome(base::Bytes(kMessageSizeMax + 1, 0)), "rp.message.format");
  auto other_version = good;
  other_version[1] = 2;
  EXPECT_EQ(n.outcome(other_version), "rp.message.format");
  EXPECT_EQ(n.outcome(good), "secret");
}

TEST(RelyingParty, TheSameRandomBytesGiveTheSameAnswers) {
  Network a, b;
  auto message = a.evidence(a.ask());
  b.ask();
  EXPECT_EQ(a.owner.receive(message, {0, a.machine.now}), b.owner.receive(message, {0, b.machine.now}));
}

TEST(RelyingParty, EveryRowHasANameOfItsOwn) {
  std::vector<const trust::Defence*> rows;
  collect_server_defences(rows);
  collect_snp_defences(rows);
  std::set<std::string_view> ids;
  for (const auto* row : rows) EXPECT_TRUE(ids.insert(row->id).second) << row->id;
  EXPECT_EQ(ids.size(), 25u);
}

}  // namespace
}  // namespace relying_party
