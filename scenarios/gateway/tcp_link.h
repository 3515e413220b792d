#pragma once
// One TCP connection that carries frames, with a deadline on every wait: a peer that sends nothing, or half a frame, costs its own
// connection and nothing else. Wall-clock time stays here.
#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "scenarios/gateway/emu_frame.h"

namespace gateway {

struct Frame {
  EmuHeader header;
  base::Bytes payload;
};

// Why a frame did not come: `what` is a sentence for a person; `clean` says that the peer closed between two frames.
struct LinkEnd {
  std::string what;
  bool clean = false;
};

class TcpLink {
 public:
  TcpLink(boost::asio::io_context& io, boost::asio::ip::tcp::socket socket, std::chrono::milliseconds patience);

  // Waits at most `first` for a frame to begin, and the link's patience for the rest of it.
  std::optional<Frame> receive(std::chrono::milliseconds first, LinkEnd& end);
  bool send(EmuCommand command, std::uint32_t transport, base::View payload, LinkEnd& end);
  void close();

 private:
  bool read(std::span<std::uint8_t> into, std::chrono::milliseconds wait, LinkEnd& end, bool at_start);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::socket socket_;
  std::chrono::milliseconds patience_;
};

}  // namespace gateway
