#pragma once
// The owner's server: connections by name, TLS on each, and one answer to each question in them. A question that comes in the clear is
// answered in the clear; whether to ask so is the guest's affair.
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "guest/relying_party/stream_messages.h"
#include "platform/crypto/tls.h"

namespace relying_party {

struct ServerIdentity {
  std::vector<crypto::Certificate> chain;  // the server's own first
  crypto::EcKey key;
};

class TlsDoor {
 public:
  static constexpr std::size_t kConnectionsMax = 16;  // the oldest is forgotten first
  using Answer = std::function<base::Bytes(base::View question)>;

  // `library` and `identity` outlive it.
  TlsDoor(crypto::Library& library, std::string actor, const ServerIdentity& identity, Answer answer);
  TlsDoor(const TlsDoor&) = delete;
  TlsDoor& operator=(const TlsDoor&) = delete;

  static bool takes(base::View message) { return stream_message_of(message).has_value(); }
  // Always a message of the same connection; of no bytes when there is nothing to say.
  base::Bytes receive(base::View message);

 private:
  struct Connection {
    ConnectionName name;
    crypto::TlsEnd end;
  };
  Connection& connection(const ConnectionName& name);

  crypto::Library& library_;
  std::string actor_;
  const ServerIdentity& identity_;
  Answer answer_;
  std::list<Connection> connections_;
  std::uint64_t opened_ = 0;
};

}  // namespace relying_party
