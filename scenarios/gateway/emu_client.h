#pragma once
// A requester's end of the spdm-emu socket protocol: one data object out, one back, over a responder that somebody else runs.
// A responder that closes the connection is not a failure of ours: the next exchange connects again.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "scenarios/gateway/tcp_link.h"

namespace gateway {

struct ClientSettings {
  std::string host = "127.0.0.1";  // an address, not a name
  std::uint16_t port = 2323;
  std::uint32_t transport = 2;
  std::chrono::milliseconds patience{10'000};
};

// "127.0.0.1:2323" or "2323". Throws base::UserError.
ClientSettings parse_responder(const std::string& text);

class EmuClient {
 public:
  explicit EmuClient(ClientSettings settings);
  ~EmuClient();

  // The answer, or nothing with `why()` filled.
  std::optional<base::Bytes> exchange(base::View object);
  // Greets and demands the greeting back, so that a wrong port is told at once.
  bool hello();
  // Ends the responder (SHUTDOWN) or this connection alone (CONTINUE).
  void leave(bool shutdown);
  const std::string& why() const { return end_.what; }
  // The responder took the object and closed the connection without a byte.
  bool closed() const { return end_.clean; }

 private:
  bool connect();
  std::optional<Frame> ask(EmuCommand command, base::View payload);

  ClientSettings settings_;
  boost::asio::io_context io_;
  std::unique_ptr<TcpLink> link_;
  LinkEnd end_;
};

}  // namespace gateway
