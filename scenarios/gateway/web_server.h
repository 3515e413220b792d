#pragma once
// Files over HTTP and texts over WebSockets for a page on this machine: bound to 127.0.0.1 and to nothing else, open to nobody who
// lacks the token of its address. One thread; what takes long is given to children (web_job.h).
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "scenarios/gateway/web_connection.h"
#include "scenarios/gateway/web_job.h"

namespace gateway {

struct WebSettings {
  std::uint16_t port = 0;  // 0: any free one
  WebLimits limits{};
  WebJobLimits jobs{};
};

class WebServer {
 public:
  // Throws base::UserError when the port cannot be had.
  explicit WebServer(const WebSettings& settings);
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  std::string url() const;  // with the token
  std::uint16_t port() const { return house_.port; }
  const std::string& token() const { return house_.token; }
  WebJobs& jobs() { return jobs_; }

  // Until SIGINT, SIGTERM or stop().
  void serve(WebHandlers handlers);
  void stop();  // from any thread

 private:
  void accept();
  bool drop_stranger();  // false: there is none
  void turn_away(boost::asio::ip::tcp::socket socket);
  void say_goodbye();

  WebHouse house_;
  std::map<const WebConnection*, std::weak_ptr<WebConnection>> connections_;
  std::map<std::uint64_t, const WebConnection*> order_;  // by arrival
  std::uint64_t arrivals_ = 0;
  bool leaving_ = false;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer farewell_, pause_;
  WebJobs jobs_;
};

}  // namespace gateway
