#include "scenarios/gateway/tpm_server.h"

#include <csignal>
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
#include "platform/protocol/tpm/words.h"

namespace gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kNoDescriptors{100};  // before the next try where the process has none left

std::uint32_t word(base::View from, std::size_t at) {
  return std::uint32_t{from[at]} << 24 | std::uint32_t{from[at + 1]} << 16 | std::uint32_t{from[at + 2]} << 8 | from[at + 3];
}

class Server;

// One connection. Lives as long as a handler of its own is outstanding.
class Client : public std::enable_shared_from_this<Client> {
 public:
  enum class Kind { kCommands, kControl };
  Client(Server& server, tcp::socket socket, Kind kind, std::uint64_t number);
  ~Client();
  void begin();  // waits for the first byte of a request
  void end(const std::string& why);
  bool heard() const { return heard_; }  // it has made a whole request

 private:
  void fetch(std::size_t size, std::chrono::milliseconds wait);  // until `in_` has so many bytes
  void more();
  void answer(const base::Bytes& bytes, bool last = false);
  void limit(std::chrono::milliseconds wait);

  Server& server_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  const Kind kind_;
  const std::uint64_t number_;
  base::Bytes in_, out_;
  bool heard_ = false;
};

class Server {
 public:
  Server(const TpmServerSettings& settings, vtpm::Tpm& tpm, const std::function<void(const std::string&)>& log)
      : settings_(settings), tpm_(tpm), log_(log), desk_(tpm), commands_(io_), control_(io_), signals_(io_), pause_(io_) {
    listen();
  }

  void run() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](const Error& error, int) {
      if (error) return;
      log_("interrupted");
      finish();
    });
    accept(commands_, Client::Kind::kCommands);
    accept(control_, Client::Kind::kControl);
    io_.run();
    if (tpm_.gone()) throw base::UserError("the TPM's process is gone");
  }

 private:
  friend class Client;

  static bool open(tcp::acceptor& acceptor, std::uint16_t port, Error& error) {
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    error = {};
    acceptor.open(where.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return !error;
  }

  void listen() {
    constexpr int kPairsMax = 64;  // any free port may have a neighbour that is not
    for (int tries = 0;; ++tries) {
      Error error;
      std::uint16_t wanted = settings_.port;
      if (open(commands_, wanted, error)) {
        wanted = settings_.control != 0 ? settings_.control : static_cast<std::uint16_t>(commands_.local_endpoint().port() + 1);
        if (wanted != 0 && open(control_, wanted, error)) break;
      }
      Error ignored;
      commands_.close(ignored), control_.close(ignored);
      if (settings_.port == 0 && settings_.control == 0 && tries < kPairsMax) continue;
      throw base::UserError(fmt::format("cannot listen on 127.0.0.1:{}: {}; choose another port, or 0 for any", wanted, error.message()));
    }
    log_(fmt::format("listening on 127.0.0.1:{}, control on 127.0.0.1:{}", commands_.local_endpoint().port(), control_.local_endpoint().port()));
  }

  void accept(tcp::acceptor& acceptor, Client::Kind kind) {
    acceptor.async_accept([this, &acceptor, kind](const Error& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {  // no descriptors left, or a peer that left at once
        if (error == asio::error::no_descriptors && drop_silent()) return accept(acceptor, kind);
        pause_.expires_after(kNoDescriptors);
        return pause_.async_wait([this, &acceptor, kind](const Error&) { accept(acceptor, kind); });
      }
      if (clients_.size() >= settings_.clients_max) drop_silent();
      if (clients_.size() < settings_.clients_max) {
        const auto client = std::make_shared<Client>(*this, std::move(socket), kind, arrived_);
        clients_[arrived_++] = client.get();
        client->begin();
      } else {
        log_("a connection is refused: there are too many");
      }
      accept(acceptor, kind);
    });
  }

  // Whoever asks for nothing keeps nobody out: where all places or descriptors are taken, the one who came first of those who
  // have not asked leaves.
  bool drop_silent() {
    for (const auto& [number, client] : clients_)
      if (!client->heard()) {
        const auto kept = client->shared_from_this();
        clients_.erase(number);
        kept->end("");
        return true;
      }
    return false;
  }

  void finish() { io_.stop(); }

  const TpmServerSettings& settings_;
  vtpm::Tpm& tpm_;
  const std::function<void(const std::string&)>& log_;
  SwtpmDesk desk_;
  std::map<std::uint64_t, Client*> clients_;  // by arrival; outlives them: they end with the context
  std::uint64_t arrived_ = 0;
  asio::io_context io_;
  tcp::acceptor commands_, control_;
  asio::signal_set signals_;
  asio::steady_timer pause_;
};

Client::Client(Server& server, tcp::socket socket, Kind kind, std::uint64_t number)
    : server_(server), socket_(std::move(socket)), timer_(server.io_), kind_(kind), number_(number) {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

Client::~Client() { server_.clients_.erase(number_); }

void Client::limit(std::chrono::milliseconds wait) {
  timer_.expires_after(wait);
  timer_.async_wait([self = shared_from_this()](const Error& error) {
    if (error) return;
    self->end("the client is too slow");
  });
}

void Client::end(const std::string& why) {
  if (!socket_.is_open()) return;
  if (!why.empty()) server_.log_("connection closed: " + why);
  Error ignored;
  timer_.cancel();
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void Client::begin() {
  in_.clear();
  fetch(1, server_.settings_.idle);
}

void Client::fetch(std::size_t size, std::chrono::milliseconds wait) {
  const std::size_t had = in_.size();
  in_.resize(size);
  limit(wait);
  asio::async_read(socket_, asio::buffer(in_.data() + had, size - had), [self = shared_from_this(), had](const Error& error, std::size_t got) {
    self->timer_.cancel();
    if (!error) return self->more();
    const bool between = had == 0 && got == 0;
    self->end(between || error == asio::error::operation_aborted ? "" : fmt::format("a request ends after {} bytes", had + got));
  });
}

// Reads on, or has the request carried out.
void Client::more() {
  const auto patience = server_.settings_.patience;
  const std::size_t head = kind_ == Kind::kCommands ? tpm::kHeaderBytes : 4;
  if (in_.size() < head) return fetch(head, patience);
  if (kind_ == Kind::kCommands) {
    const std::size_t size = word(in_, 2);
    if (size < head || size > tpm::kCommandBytesMax) {
      constexpr std::uint32_t kCommandSize = 0x142;  // TPM_RC_COMMAND_SIZE; where the next one begins nobody knows
      server_.log_(fmt::format("connection closed: a command of {} bytes", size));
      return answer(wire::encode(tpm::Response{.size = tpm::kHeaderBytes, .code = kCommandSize}), true);
    }
    if (in_.size() < size) return fetch(size, patience);
    heard_ = true;
    return answer(server_.desk_.command(in_));
  }
  const std::size_t body = control_body_bytes(word(in_, 0), base::View(in_).subspan(4));
  if (body > kControlBodyMax) return end(fmt::format("a control request of {} bytes", body));
  if (in_.size() < 4 + body) return fetch(4 + body, patience);
  heard_ = true;
  answer(server_.desk_.control(word(in_, 0), base::View(in_).subspan(4)), server_.desk_.over());
}

void Client::answer(const base::Bytes& bytes, bool last) {
  out_ = bytes;
  limit(server_.settings_.patience);
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this(), last](const Error& error, std::size_t) {
    self->timer_.cancel();
    if (self->server_.desk_.over()) self->server_.log_("a client said SHUTDOWN");
    if (self->server_.desk_.over() || self->server_.tpm_.gone()) return self->server_.finish();
    if (error || last) return self->end(error ? "the client does not read" : "");
    self->begin();
  });
}

}  // namespace

void serve_tpm(const TpmServerSettings& settings, vtpm::Tpm& tpm, const std::function<void(const std::string& line)>& log) {
  Server(settings, tpm, log).run();
}

}  // namespace gateway
