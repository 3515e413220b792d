#include "guest/relying_party/tls_door.h"

#include <algorithm>

#include "platform/base/check.h"

namespace relying_party {

TlsDoor::TlsDoor(crypto::Library& library, std::string actor, const ServerIdentity& identity, Answer answer)
    : library_(library), actor_(std::move(actor)), identity_(identity), answer_(std::move(answer)) {}

TlsDoor::Connection& TlsDoor::connection(const ConnectionName& name) {
  const auto there = std::find_if(connections_.begin(), connections_.end(), [&](const auto& c) { return c.name == name; });
  if (there != connections_.end()) return *there;
  if (connections_.size() == kConnectionsMax) connections_.pop_front();
  connections_.push_back({name, crypto::TlsEnd::server(library_, actor_ + "." + std::to_string(++opened_), identity_.chain, identity_.key)});
  return connections_.back();
}

base::Bytes TlsDoor::receive(base::View message) {
  const auto in = stream_message_of(message);
  base::check(in.has_value(), "a door is asked what is for it");
  if (in->header.type == MessageType::kPlain) return stream_message(MessageType::kPlain, in->connection, answer_(in->bytes));
  crypto::TlsEnd& end = connection(in->connection).end;
  if (end.receive(in->bytes))
    if (const auto question = end.read(); !question.empty()) (void)end.write(answer_(question));
  return stream_message(MessageType::kTls, in->connection, end.to_send());
}

}  // namespace relying_party
