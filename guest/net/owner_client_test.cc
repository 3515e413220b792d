// Both ends of what a guest asks its owner, with a network between them that does what a test wants.
#include <gtest/gtest.h>

#include "guest/net/test_guest.h"
#include "guest/relying_party/services.h"
#include "guest/relying_party/tls_door.h"

namespace net {
namespace {

namespace rp = relying_party;

const base::Bytes kSecret(32, 0x42);

struct Services : test::TestGuest {
  Services() : TestGuest(kSecret), services(kSecret, {{0, "text"}}, [this](std::size_t size) { return base::Bytes(size, ++drawn); }, defences) {
    owner = [this](base::View message) { return services.receive(message, {.at = 0, .calendar = 1768435200}); };
  }
  rp::Services services;
};

base::Bytes sealed_answer(const rp::Answer& answer) {
  return rp::seal_service(rp::service_key(kSecret), rp::Way::kAnswer, base::Bytes(12), wire::encode(answer));
}

TEST(OwnerClient, IsToldWhatTheOwnerSays) {
  Services s;
  EXPECT_EQ(s.config(), "text");
  EXPECT_EQ(s.seconds(), 1768435200u);
  EXPECT_EQ(s.root("disk"), rp::StoreRoot{});
  EXPECT_FALSE(s.commit("disk", {.generation = 2}));
  EXPECT_TRUE(s.commit("disk", {.generation = 1}));
  EXPECT_EQ(s.root("disk")->generation, 1u);
}

TEST(OwnerClient, BelievesNoAnswerThatIsAlteredOldOrCut) {
  Services s;
  base::Bytes old;
  s.on_the_way = [&](base::Bytes answer) { return old = answer; };
  ASSERT_TRUE(s.config());
  s.on_the_way = [&](base::Bytes) { return old; };
  EXPECT_FALSE(s.config());
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}, std::size_t{40}}) {
    s.on_the_way = [&](base::Bytes answer) { return answer[at] ^= 1, answer; };
    EXPECT_FALSE(s.config()) << at;
  }
  s.on_the_way = [](base::Bytes answer) { return answer.pop_back(), answer; };
  EXPECT_FALSE(s.config());
  s.on_the_way = [](base::Bytes) { return base::Bytes{}; };
  EXPECT_FALSE(s.config());
}

// guest.owner.format: sealed well, and no answer all the same.
TEST(OwnerClient, RefusesASealedTextThatIsNoAnswer) {
  Services s;
  s.on_the_way = [](base::Bytes) { return rp::seal_service(rp::service_key(kSecret), rp::Way::kAnswer, base::Bytes(12), base::Bytes(5)); };
  EXPECT_FALSE(s.config());
  s.on_the_way = [](base::Bytes) { return sealed_answer({.status = static_cast<rp::ServiceStatus>(3), .body = {}}); };
  EXPECT_FALSE(s.config());
}

TEST(OwnerClient, WithItsChecksLiftedBelievesTheOldAnswer) {
  Services s;
  base::Bytes old;
  s.on_the_way = [&](base::Bytes answer) { return old = answer; };
  ASSERT_TRUE(s.config());
  s.on_the_way = [&](base::Bytes) { return old; };
  s.defences.lift("guest.owner.fresh");
  EXPECT_EQ(s.config(), "text");
}

struct Server : test::TestGuest {
  explicit Server(int until = 2030)
      : TestGuest(kSecret), root_key(crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes(8, 1), "root")), root(issued(root_key, "root", until)),
        identity{{issued(server_key(), "server", until)}, server_key()},
        door(library, "owner", identity, [](base::View question) { return base::bytes_of(question); }) {
    owner = [this](base::View message) { return door.receive(message); };
  }
  static crypto::EcKey server_key() { return crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes(8, 2), "server"); }
  crypto::Certificate issued(const crypto::EcKey& key, const char* name, int until) {
    crypto::CertificateContent content;
    content.subject = {name, ""}, content.issuer = {"root", ""};
    content.not_before = crypto::calendar_time(2020, 1, 1), content.not_after = crypto::calendar_time(until, 1, 1);
    content.public_key = crypto::public_key_info(key.public_point());
    return crypto::issue(content, library, {"test", name}, root_key);
  }
  bool connects(const crypto::Certificate& pinned) { return connect(pinned, crypto::calendar_time(2026, 1, 1)); }
  crypto::Library library{1};
  crypto::EcKey root_key;
  crypto::Certificate root;
  rp::ServerIdentity identity;
  rp::TlsDoor door;
};

TEST(OwnerStream, AsksAServerThatItsRootVouchesFor) {
  Server s;
  ASSERT_TRUE(s.connects(s.root));
  EXPECT_EQ(s.ask(base::bytes_of("a")), base::bytes_of("a"));
  EXPECT_EQ(s.ask(base::bytes_of("b")), base::bytes_of("b"));
}

TEST(OwnerStream, TurnsAwayFromAnotherServerAndFromOneWhoseTimeIsOver) {
  Server s, other;
  other.root_key = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes(8, 9), "root");
  EXPECT_FALSE(s.connects(other.issued(other.root_key, "root", 2030)));  // the same name, another key
  Server late(2025);
  EXPECT_FALSE(late.connects(late.root));
  late.defences.lift("guest.net.validity");
  EXPECT_TRUE(late.connects(late.root));
}

// guest.net.record.
TEST(OwnerStream, EndsAtARecordThatIsAlteredOrOld) {
  for (const bool alters : {true, false}) {
    Server s;
    ASSERT_TRUE(s.connects(s.root));
    base::Bytes old;
    s.on_the_way = [&](base::Bytes answer) { return old = answer; };
    ASSERT_TRUE(s.ask(base::bytes_of("a")));
    s.on_the_way = [&](base::Bytes answer) { return alters ? (answer.back() ^= 1, answer) : old; };
    EXPECT_FALSE(s.ask(base::bytes_of("b")));
    s.on_the_way = nullptr;
    EXPECT_FALSE(s.ask(base::bytes_of("c")));
  }
}

TEST(OwnerStream, TakesNoAnswerInTheClearForOneOverTls) {
  Server s;
  s.on_the_way = [](base::Bytes answer) { return rp::stream_message(rp::MessageType::kPlain, rp::stream_message_of(answer)->connection, base::bytes_of("a")); };
  EXPECT_FALSE(s.connects(s.root));
}

}  // namespace
}  // namespace net
