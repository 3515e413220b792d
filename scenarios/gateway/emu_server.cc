#include "scenarios/gateway/emu_server.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <csignal>
#include <deque>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/emu_frame.h"

namespace gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kNoDescriptors{100};  // before the next try where the process has none left

class Server;

// One connection: reads a frame, waits for its turn with it, and reads the next when the answer is away.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  Peer(Server& server, tcp::socket socket, std::uint64_t number);
  void begin();
  void take_turn() { carry_out(); }
  void end(const std::string& why);
  bool heard() const { return heard_; }  // it has said a whole frame
  std::uint64_t number() const { return number_; }

 private:
  enum class Then { kGoOn, kClose, kShutdown };
  void fetch(std::size_t size, std::chrono::milliseconds wait);  // until `in_` has so many bytes
  void more();
  void carry_out();
  void say(EmuCommand command, base::View payload, Then then = Then::kGoOn);
  void limit(std::chrono::milliseconds wait, const std::string& why);

  Server& server_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  const std::uint64_t number_;
  EmuHeader header_{};
  base::Bytes in_, out_;
  bool heard_ = false, over_ = false;
};

class Server {
 public:
  Server(const ServerSettings& settings, const Answer& answer, const NewPeer& new_peer, const Log& log)
      : settings_(settings), answer_(answer), new_peer_(new_peer), log_(log), acceptor_(io_), signals_(io_), pause_(io_) {
    const tcp::endpoint where(asio::ip::address_v4::loopback(), settings.port);
    Error error;
    acceptor_.open(where.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(where, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw base::UserError(fmt::format("cannot listen on 127.0.0.1:{}: {}; choose another port, or 0 for any", settings.port, error.message()));
    log_(fmt::format("listening on 127.0.0.1:{}", acceptor_.local_endpoint().port()));
  }

  void run() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](const Error& error, int) {
      if (error) return;
      log_("interrupted");
      io_.stop();
    });
    accept();
    io_.run();
  }

 private:
  friend class Peer;

  void accept() {
    if (settings_.connections_max != 0 && arrived_ == settings_.connections_max) return;
    acceptor_.async_accept([this](const Error& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {  // no descriptors left, or a peer that left at once
        if (error == asio::error::no_descriptors && drop_silent()) return accept();
        pause_.expires_after(kNoDescriptors);
        return pause_.async_wait([this](const Error& stopped) {
          if (!stopped) accept();
        });
      }
      if (peers_.size() >= settings_.clients_max) drop_silent();
      const auto number = arrived_++;
      if (peers_.size() < settings_.clients_max) {
        peers_[number] = std::make_shared<Peer>(*this, std::move(socket), number);
        peers_[number]->begin();
      } else {
        log_("a connection is refused: there are too many");
        count();
      }
      accept();
    });
  }

  // Whoever says nothing keeps nobody out: where all places or descriptors are taken, the one who came first of those who
  // have not spoken leaves.
  bool drop_silent() {
    for (const auto& [number, peer] : peers_)
      if (!peer->heard()) {
        std::shared_ptr(peer)->end("");
        return true;
      }
    return false;
  }

  // A whole frame is there. One peer at a time has the device; the others wait.
  void heard(const std::shared_ptr<Peer>& peer) {
    if (holder_ && holder_ != peer.get()) return waiting_.push_back(peer);
    if (!holder_) {
      holder_ = peer.get();
      log_("a client is here");
      new_peer_();
    }
    peer->take_turn();
  }

  void left(const Peer& peer) {
    peers_.erase(peer.number());
    if (holder_ == &peer) holder_ = nullptr;
    count();
    if (holder_ || waiting_.empty()) return;
    const auto next = waiting_.front();
    waiting_.pop_front();
    heard(next);
  }

  void count() {
    if (++ended_ == settings_.connections_max) io_.stop();
  }

  void shut_down() {
    log_("a client said SHUTDOWN");
    io_.stop();
  }

  const ServerSettings& settings_;
  const Answer& answer_;
  const NewPeer& new_peer_;
  const Log& log_;
  asio::io_context io_;  // outlives the peers, whose sockets and timers are its
  std::map<std::uint64_t, std::shared_ptr<Peer>> peers_;  // by arrival
  std::deque<std::shared_ptr<Peer>> waiting_;             // each with a frame
  const Peer* holder_ = nullptr;
  std::uint64_t arrived_ = 0, ended_ = 0;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer pause_;
};

Peer::Peer(Server& server, tcp::socket socket, std::uint64_t number)
    : server_(server), socket_(std::move(socket)), timer_(server.io_), number_(number) {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

void Peer::limit(std::chrono::milliseconds wait, const std::string& why) {
  timer_.expires_after(wait);
  timer_.async_wait([self = shared_from_this(), why](const Error& error) {
    if (!error) self->end(why);
  });
}

void Peer::end(const std::string& why) {
  if (over_) return;
  over_ = true;
  if (!why.empty()) server_.log_(why);
  Error ignored;
  timer_.cancel();
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  server_.left(*this);
}

void Peer::begin() {
  in_.clear();
  fetch(1, server_.settings_.idle);
}

void Peer::fetch(std::size_t size, std::chrono::milliseconds wait) {
  const std::size_t had = in_.size();
  in_.resize(size);
  limit(wait, had == 0 ? "connection closed: the peer says nothing" : "connection closed: the peer is too slow within a frame");
  asio::async_read(socket_, asio::buffer(in_.data() + had, size - had), [self = shared_from_this(), had](const Error& error, std::size_t got) {
    if (self->over_) return;
    self->timer_.cancel();
    // The kernel goes back to delayed acknowledgements by itself: 40 ms a message to a peer that writes header and payload apart.
    const int one = 1;
    ::setsockopt(self->socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
    if (!error) return self->more();
    const bool between = had == 0 && got == 0;
    if (!between) return self->end(fmt::format("connection closed: a frame ends after {} bytes", had + got));
    self->end(self->heard_ ? "the client is gone" : "");
  });
}

// Reads on, or stands in line with a frame.
void Peer::more() {
  const auto& settings = server_.settings_;
  if (in_.size() < kEmuHeaderBytes) return fetch(kEmuHeaderBytes, settings.patience);
  header_ = *wire::decode<EmuHeader>(base::View(in_).first(kEmuHeaderBytes));
  if (header_.transport != settings.transport)
    return end(fmt::format("connection closed: a frame of transport {}, and this socket speaks {}", header_.transport, settings.transport));
  if (header_.payload_bytes > kEmuPayloadBytesMax)
    return end(fmt::format("connection closed: a frame of {} bytes, more than the {} of the largest data object", header_.payload_bytes, kEmuPayloadBytesMax));
  const std::size_t size = kEmuHeaderBytes + header_.payload_bytes;
  if (in_.size() < size) return fetch(size, settings.patience);
  heard_ = true;
  server_.heard(shared_from_this());
}

void Peer::carry_out() {
  switch (header_.command) {
    case EmuCommand::kTest: return say(EmuCommand::kTest, base::View(reinterpret_cast<const std::uint8_t*>(kServerHello), sizeof kServerHello));
    case EmuCommand::kContinue: return say(EmuCommand::kContinue, {}, Then::kClose);
    case EmuCommand::kShutdown: return say(EmuCommand::kShutdown, {}, Then::kShutdown);
    case EmuCommand::kNormal: break;
    default:
      server_.log_(fmt::format("connection closed: command {:#x} is not served here", static_cast<std::uint32_t>(header_.command)));
      return say(EmuCommand::kUnknown, {}, Then::kClose);
  }
  const auto payload = base::View(in_).subspan(kEmuHeaderBytes);
  const auto reply = server_.answer_(payload);
  if (reply) return say(EmuCommand::kNormal, *reply);
  end(fmt::format("connection closed: an object of {} bytes has no answer", payload.size()));
}

void Peer::say(EmuCommand command, base::View payload, Then then) {
  out_ = encode_frame(command, server_.settings_.transport, payload);
  limit(server_.settings_.patience, "connection closed: the peer does not read what it is sent");
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this(), then](const Error& error, std::size_t) {
    if (self->over_) return;
    self->timer_.cancel();
    if (then == Then::kShutdown) return self->server_.shut_down();
    if (error) return self->end("connection closed: sending failed: " + error.message());
    if (then == Then::kClose) return self->end("");
    self->begin();
  });
}

}  // namespace

void serve(const ServerSettings& settings, const Answer& answer, const NewPeer& new_peer, const Log& log) {
  Server(settings, answer, new_peer, log).run();
}

}  // namespace gateway
