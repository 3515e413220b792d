#include "scenarios/gateway/web_server.h"

#include <csignal>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/web_guard.h"

namespace gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kFarewell{300};      // for WebSockets to close in good order
constexpr std::chrono::milliseconds kNoDescriptors{100};  // before the next try where the process has none left

tcp::acceptor listen(asio::io_context& io, std::uint16_t port) {
  tcp::acceptor acceptor(io);
  Error error;
  const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw base::UserError(fmt::format("cannot listen on 127.0.0.1:{}: {}; choose another port, or 0 for any", port, error.message()));
  return acceptor;
}

}  // namespace

WebServer::WebServer(const WebSettings& settings)
    : acceptor_(listen(io_, settings.port)), signals_(io_), farewell_(io_), pause_(io_), jobs_(io_, settings.jobs) {
  house_.port = acceptor_.local_endpoint().port();
  house_.token = new_web_token();
  house_.limits = settings.limits;
}

std::string WebServer::url() const { return fmt::format("http://127.0.0.1:{}/?token={}", house_.port, house_.token); }

void WebServer::serve(WebHandlers handlers) {
  house_.handlers = std::move(handlers);
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](const Error& error, int) {
    if (!error) say_goodbye();
  });
  accept();
  io_.run();
}

void WebServer::stop() {
  asio::post(io_, [this] { say_goodbye(); });
}

void WebServer::accept() {
  acceptor_.async_accept([this](const Error& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // no descriptors left, or a peer that left at once
      if (error == asio::error::no_descriptors && drop_stranger()) return accept();
      pause_.expires_after(kNoDescriptors);
      return pause_.async_wait([this](const Error& stopped) {
        if (!stopped) accept();
      });
    }
    if (connections_.size() >= house_.limits.connections_max) drop_stranger();
    if (connections_.size() < house_.limits.connections_max) {
      const auto number = arrivals_++;
      const auto connection = open_connection(std::move(socket), house_, [this, number](const WebConnection* gone) {
        connections_.erase(gone);
        order_.erase(number);
        if (leaving_ && connections_.empty()) io_.stop();
      });
      connections_[connection.get()] = connection;
      order_[number] = connection.get();
    } else {
      turn_away(std::move(socket));
    }
    accept();
  });
}

// Strangers cannot keep the user out: where all places or descriptors are taken, the one who came first of those without the token leaves.
bool WebServer::drop_stranger() {
  for (auto next = order_.begin(); next != order_.end(); ++next) {
    const auto connection = connections_.at(next->second).lock();
    if (!connection || connection->admitted()) continue;
    connections_.erase(next->second);
    order_.erase(next);
    connection->drop();
    return true;
  }
  return false;
}

// Whoever does not take these few bytes at once goes without them.
void WebServer::turn_away(tcp::socket socket) {
  Error ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(fmt::format("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
                                             "glacis: {} connections are open; close a page\n", connections_.size())), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void WebServer::say_goodbye() {
  Error ignored;
  leaving_ = true;
  acceptor_.close(ignored);
  pause_.cancel();
  signals_.cancel(ignored);
  for (const auto& [known, weak] : std::map(connections_))
    if (const auto connection = weak.lock()) connection->close();
  if (connections_.empty()) return io_.stop();
  farewell_.expires_after(kFarewell);
  farewell_.async_wait([this](const Error&) { io_.stop(); });
}

}  // namespace gateway
