#pragma once
// Text between a guest and its owner, through the host and a network, with the connection that it belongs to: records of TLS, or what
// they would hold in the clear. Nobody vouches for the connection's name: it is where a socket's two addresses would be. Little-endian.
#include <array>

#include "guest/relying_party/messages.h"

namespace relying_party {


using ConnectionName = std::array<std::uint8_t, 8>;

struct StreamMessage {
  Header header{.type = MessageType::kTls};
  ConnectionName connection{};
  std::uint32_t size = 0;
  base::Bytes bytes;
  using Wire = wire::Layout<&StreamMessage::header, &StreamMessage::connection, &StreamMessage::size,
                            wire::Run<&StreamMessage::bytes, &StreamMessage::size>{}>;
};

inline base::Bytes stream_message(MessageType type, const ConnectionName& connection, base::Bytes bytes) {
  StreamMessage out{.header = {.type = type}, .connection = connection, .bytes = std::move(bytes)};
  out.size = static_cast<std::uint32_t>(out.bytes.size());
  return wire::encode(out);
}
inline std::optional<StreamMessage> stream_message_of(base::View message) {
  if (message.size() > kMessageSizeMax || (type_of(message) != MessageType::kTls && type_of(message) != MessageType::kPlain)) return std::nullopt;
  auto read = wire::decode<StreamMessage>(message);
  if (!read || read->header.version != kMessageVersion) return std::nullopt;
  return *read;
}

// What goes in a stream: a guest puts a text, and gets the one it put last.
enum class BookCall : std::uint8_t { kPut = 'P', kGet = 'G' };
enum class BookAnswer : std::uint8_t { kKept = 'K', kText = 'V' };

}  // namespace relying_party
