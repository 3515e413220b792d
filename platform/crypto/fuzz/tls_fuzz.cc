// Whatever comes in a peer's place, an end of a TLS connection takes it or is dead from then on; it is established with nobody but who holds
// the server's key, and hears nothing but what the peer wrote. The first byte chooses the end; then rows of records, each behind its length
// in two bytes. The library's seed is fixed, so that the inputs kept are whole conversations.
#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/tls.h"
#include "tests/fuzz/target.h"

namespace {

using namespace crypto;

constexpr std::string_view kQuestion = "GET /secret", kAnswer = "the disk's key";
constexpr std::size_t kFlightsMax = 16;

struct Pair {
  Pair() {
    const auto key = EcKey::derive(Curve::kP384, base::Bytes(8, 1), "server");
    CertificateContent content;
    content.serial = {1}, content.subject = content.issuer = {"owner", "o"};
    content.not_before = calendar_time(2020, 1, 1), content.not_after = calendar_time(2040, 1, 1);
    content.public_key = public_key_info(key.public_point());
    chain = {issue(content, library, {"test", "issue"}, key)};
    server.emplace(TlsEnd::server(library, "server", chain, key));
    client.emplace(TlsEnd::client(library, "client"));
  }
  Library library{1};
  std::vector<Certificate> chain;
  std::optional<TlsEnd> server, client;
};

// What the ends say to each other where nobody is in between.
struct Conversation {
  std::vector<base::Bytes> to_client, to_server;
};
const Conversation& honest() {
  static const Conversation kHonest = [] {
    Pair pair;
    Conversation out;
    const auto carry = [&](TlsEnd& from, TlsEnd& to, std::vector<base::Bytes>& said) {
      said.push_back(from.to_send());
      base::check(to.receive(said.back()), "an honest peer is heard");
    };
    carry(*pair.client, *pair.server, out.to_server);
    carry(*pair.server, *pair.client, out.to_client);
    carry(*pair.client, *pair.server, out.to_server);
    base::check(pair.client->write(base::view_of(kQuestion)), "who is established writes");
    carry(*pair.client, *pair.server, out.to_server);
    base::check(pair.server->write(base::view_of(kAnswer)), "who is established writes");
    carry(*pair.server, *pair.client, out.to_client);
    return out;
  }();
  return kHonest;
}

void listen(base::View in) {
  if (in.empty()) return;
  const bool is_client = in[0] & 1;
  Pair pair;
  TlsEnd& end = is_client ? *pair.client : *pair.server;
  in = in.subspan(1);
  bool alive = true;
  base::Bytes heard;
  for (std::size_t flights = 0; flights < kFlightsMax && in.size() >= 2; ++flights) {
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint16_t>(in), in.size() - 2);
    const bool took = end.receive(in.subspan(2, size));
    base::check(alive || !took, "what is dead stays dead");
    alive = took;
    base::append(heard, end.read());
    base::check(alive || !end.established(), "what is dead is not established");
    in = in.subspan(2 + size);
    (void)end.to_send();
    if (!end.established()) continue;
    if (is_client) base::check(end.peer() == pair.chain, "the peer is who holds the key");
    base::check(end.write(base::view_of(kQuestion)) && !end.to_send().empty(), "who is established writes");
  }
  const auto said = base::bytes_of(base::view_of(is_client ? kAnswer : kQuestion));
  base::check(heard.size() <= said.size() && std::equal(heard.begin(), heard.end(), said.begin()), "what is heard is what the peer wrote");
}

base::Bytes conversation(bool to_client) {
  base::Bytes out{static_cast<std::uint8_t>(to_client)};
  for (const auto& flight : to_client ? honest().to_client : honest().to_server) {
    base::append_le(out, static_cast<std::uint16_t>(flight.size()));
    base::append(out, flight);
  }
  return out;
}

}  // namespace

SLOW_FUZZ_TARGET(listen, conversation(true))
