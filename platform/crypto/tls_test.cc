#include "platform/crypto/tls.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

struct Pair {
  explicit Pair(std::uint64_t seed = 1) : library(seed) {
    const auto key = EcKey::derive(Curve::kP384, base::Bytes(8, 1), "server");
    CertificateContent content{.serial = {1}, .subject = {"owner", "o"}, .issuer = {"owner", "o"}};
    content.not_before = calendar_time(2020, 1, 1), content.not_after = calendar_time(2021, 1, 1);  // whoever owns an end judges that
    content.public_key = public_key_info(key.public_point());
    chain = {issue(content, library, {"test", "issue"}, key)};
    server.emplace(TlsEnd::server(library, "server", chain, key));
    client.emplace(TlsEnd::client(library, "client"));
  }
  bool to_server() { return server->receive(keep(client->to_send())); }
  bool to_client() { return client->receive(keep(server->to_send())); }
  bool shake_hands() { return to_server() && to_client() && to_server() && client->established() && server->established(); }
  base::Bytes keep(base::Bytes bytes) {
    base::append(wire, bytes);
    return bytes;
  }
  Library library;
  std::vector<Certificate> chain;
  std::optional<TlsEnd> server, client;
  base::Bytes wire;  // all that went over it
};

TEST(Tls, CarriesTextBothWays) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands());
  ASSERT_TRUE(pair.client->write(base::bytes_of("question")) && pair.to_server());
  EXPECT_EQ(base::text_of(pair.server->read()), "question");
  ASSERT_TRUE(pair.server->write(base::bytes_of("answer")) && pair.to_client());
  EXPECT_EQ(base::text_of(pair.client->read()), "answer");
  EXPECT_EQ(pair.client->peer(), pair.chain);
}

TEST(Tls, GivesTheSameBytesForTheSameSeed) {
  const auto wire = [](std::uint64_t seed) {
    Pair pair(seed);
    EXPECT_TRUE(pair.shake_hands() && pair.client->write(base::bytes_of("x")) && pair.to_server());
    return pair.wire;
  };
  EXPECT_EQ(wire(1), wire(1));
  EXPECT_NE(wire(1), wire(2));
}

TEST(Tls, DiesOfAnAlteredRecord) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands() && pair.client->write(base::bytes_of("question")));
  auto bytes = pair.client->to_send();
  bytes.back() ^= 1;
  EXPECT_FALSE(pair.server->receive(bytes));
  EXPECT_FALSE(pair.server->established());
}

TEST(Tls, DiesOfARecordThatItHasSeen) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands() && pair.client->write(base::bytes_of("question")));
  const auto bytes = pair.client->to_send();
  EXPECT_TRUE(pair.server->receive(bytes));
  EXPECT_FALSE(pair.server->receive(bytes));
}

TEST(Tls, SaysNothingBeforeTheHandshakeIsOver) {
  Pair pair;
  EXPECT_FALSE(pair.client->write(base::bytes_of("early")));
}

TEST(Tls, TakesWhateverComesWithoutHarm) {
  for (std::size_t cut = 0; cut < 40; ++cut) {
    Pair pair;
    auto bytes = pair.client->to_send();
    bytes.resize(std::min(bytes.size(), cut * 8));
    (void)pair.server->receive(bytes);
    EXPECT_FALSE(pair.server->established());
    (void)pair.client->receive(base::Bytes(cut, 0x17));
    EXPECT_FALSE(pair.client->established());
  }
}

}  // namespace
}  // namespace crypto
