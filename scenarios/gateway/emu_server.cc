#include "scenarios/gateway/emu_server.h"

#include <boost/asio/ip/address_v4.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/tcp_link.h"

namespace gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::acceptor listen(asio::io_context& io, std::uint16_t port) {
  tcp::acceptor acceptor(io);
  boost::system::error_code error;
  const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(1, error);
  if (error) throw base::UserError(fmt::format("cannot listen on 127.0.0.1:{}: {}; choose another port, or 0 for any", port, error.message()));
  return acceptor;
}

enum class Next { kGoOn, kClose, kShutdown };

class Conversation {
 public:
  Conversation(TcpLink& link, const ServerSettings& settings, const Answer& answer, const Log& log)
      : link_(link), settings_(settings), answer_(answer), log_(log) {}

  // Until the client is gone. True: it asked for the server's end.
  bool run() {
    for (;;) {
      const auto frame = link_.receive(settings_.idle, end_);
      if (!frame) {
        log_(end_.clean ? "the client is gone" : "connection closed: " + end_.what);
        return false;
      }
      switch (one(*frame)) {
        case Next::kGoOn: break;
        case Next::kClose: return false;
        case Next::kShutdown: return true;
      }
    }
  }

 private:
  Next one(const Frame& frame) {
    const auto& header = frame.header;
    if (header.transport != settings_.transport) {
      log_(fmt::format("connection closed: a frame of transport {}, and this socket speaks {}", header.transport, settings_.transport));
      return Next::kClose;
    }
    switch (header.command) {
      case EmuCommand::kTest: return say(EmuCommand::kTest, base::View(reinterpret_cast<const std::uint8_t*>(kServerHello), sizeof kServerHello));
      case EmuCommand::kContinue: (void)say(EmuCommand::kContinue, {}); return Next::kClose;
      case EmuCommand::kShutdown: (void)say(EmuCommand::kShutdown, {}); return Next::kShutdown;
      case EmuCommand::kNormal: break;
      default:
        log_(fmt::format("connection closed: command {:#x} is not served here", static_cast<std::uint32_t>(header.command)));
        (void)say(EmuCommand::kUnknown, {});
        return Next::kClose;
    }
    const auto reply = answer_(frame.payload);
    if (reply) return say(EmuCommand::kNormal, *reply);
    log_(fmt::format("connection closed: an object of {} bytes has no answer", frame.payload.size()));
    return Next::kClose;
  }

  Next say(EmuCommand command, base::View payload) {
    if (link_.send(command, settings_.transport, payload, end_)) return Next::kGoOn;
    log_("connection closed: " + end_.what);
    return Next::kClose;
  }

  TcpLink& link_;
  const ServerSettings& settings_;
  const Answer& answer_;
  const Log& log_;
  LinkEnd end_;
};

}  // namespace

void serve(const ServerSettings& settings, const Answer& answer, const NewPeer& new_peer, const Log& log) {
  asio::io_context io;
  tcp::acceptor acceptor = listen(io, settings.port);
  log(fmt::format("listening on 127.0.0.1:{}", acceptor.local_endpoint().port()));
  for (std::uint64_t served = 0; settings.connections_max == 0 || served < settings.connections_max; ++served) {
    boost::system::error_code error;
    tcp::socket socket(io);
    acceptor.accept(socket, error);
    if (error) throw base::UserError("cannot accept a connection: " + error.message());
    log("a client is here");
    new_peer();
    TcpLink link(io, std::move(socket), settings.patience);
    const bool shutdown = Conversation(link, settings, answer, log).run();
    link.close();
    if (shutdown) return log("a client said SHUTDOWN");
  }
}

}  // namespace gateway
