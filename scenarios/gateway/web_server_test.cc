// Server and raw clients over loopback. Everything here is bounded: small limits, short deadlines.
#include "scenarios/gateway/web_server.h"

#include <future>
#include <thread>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <gtest/gtest.h>

#include "platform/base/user_error.h"

namespace gateway {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

constexpr WebLimits kSmall{.connections_max = 4, .head_bytes_max = 1024, .message_bytes_max = 4096, .patience = 400ms, .idle = 2000ms};

class Served {
 public:
  explicit Served(WebLimits limits = kSmall, WebJobLimits jobs = {}) : server_({.port = 0, .limits = limits, .jobs = jobs}) {
    thread_ = std::thread([this] { server_.serve({.file = file, .greet = [this](WebSend send) { return greet(std::move(send)); }}); });
  }
  ~Served() {
    server_.stop();
    thread_.join();
  }
  WebServer& operator*() { return server_; }
  WebServer* operator->() { return &server_; }

 private:
  static std::optional<WebFile> file(const std::string& path) {
    if (path == "/") return WebFile{"text/html", "<p>hello"};
    if (path == "/large") return WebFile{"text/plain", std::string(8 << 20, 'x')};
    return std::nullopt;
  }
  // Echoes; `run X` has a shell say what X makes of it.
  WebTalk greet(WebSend send) {
    return [this, send, job = std::make_shared<std::unique_ptr<WebJob>>()](std::string_view text) {
      if (!text.starts_with("run ")) return send(std::string(text));
      *job = server_.jobs().start({"/bin/sh", "-c", std::string(text.substr(4))}, "input", [send](WebJobEnd end) { send((end.good ? "good " : "bad ") + end.text); });
    };
  }
  WebServer server_;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(io_) { socket_.connect({asio::ip::address_v4::loopback(), port}); }
  void say(std::string_view text) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(text.data(), text.size()), ignored);
  }
  std::string rest() {
    std::string out;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(out), end);
    return out;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_;
};

std::string asked(std::uint16_t port, std::string_view request) {
  Client client(port);
  client.say(request);
  return client.rest();
}

std::string get(WebServer& server, const std::string& path, const std::string& more = "") {
  return asked(server.port(), "GET " + path + "?token=" + server.token() + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n" + more + "\r\n");
}

std::string status_of(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }

class Talk {
 public:
  explicit Talk(WebServer& server, const std::string& token = "", const std::string& origin = "") : talk_(io_) {
    const auto host = "127.0.0.1:" + std::to_string(server.port());
    boost::beast::get_lowest_layer(talk_).connect({asio::ip::address_v4::loopback(), server.port()});
    talk_.set_option(websocket::stream_base::decorator([=](websocket::request_type& request) { request.set("Origin", origin.empty() ? "http://" + host : origin); }));
    talk_.handshake(host, "/live?token=" + (token.empty() ? server.token() : token), error);
  }
  std::string ask(const std::string& text) {
    say(text);
    return hear();
  }
  void say(const std::string& text) { talk_.write(asio::buffer(text), error); }
  std::string hear() {
    boost::beast::flat_buffer buffer;
    talk_.read(buffer, error);
    return boost::beast::buffers_to_string(buffer.data());
  }
  int close_code() { return talk_.reason().code; }
  void binary() { talk_.binary(true); }
  boost::system::error_code error;

 private:
  asio::io_context io_;
  websocket::stream<boost::beast::tcp_stream> talk_;
};

TEST(WebServer, ServesFilesWithThePolicyOfAPageThatTrustsNobody) {
  Served server;
  const auto answer = get(*server, "/");
  EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n<p>hello"));
  const auto host = "127.0.0.1:" + std::to_string(server->port());
  for (const std::string header : {"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                                   "frame-ancestors 'none'; connect-src ws://" + host + "\r\n",
                                   std::string("X-Content-Type-Options: nosniff\r\n"), std::string("Cache-Control: no-store\r\n"), std::string("Referrer-Policy: no-referrer\r\n"),
                                   std::string("Cross-Origin-Resource-Policy: same-origin\r\n")})
    EXPECT_NE(answer.find(header), answer.npos) << header << answer;
  EXPECT_EQ(answer.find("Access-Control"), answer.npos);
  EXPECT_EQ(status_of(get(*server, "/none")), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(status_of(get(*server, "/live")), "HTTP/1.1 426 Upgrade Required");
  EXPECT_EQ(get(*server, "/large").size() > (8 << 20), true);
}

TEST(WebServer, RefusesStrangersAndSaysNothingOfTheToken) {
  Served server;
  const auto host = "Host: 127.0.0.1:" + std::to_string(server->port()) + "\r\n\r\n";
  for (const auto& request : {"GET / HTTP/1.1\r\n" + host, "GET /?token=0 HTTP/1.1\r\n" + host, "GET /?token=" + server->token() + " HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                              "GET /?token=" + server->token() + " HTTP/1.0\r\n\r\n", "GET /?token=" + server->token() + " HTTP/1.1\r\nOrigin: http://evil.example\r\n" + host}) {
    const auto answer = asked(server->port(), request);
    EXPECT_EQ(status_of(answer), "HTTP/1.1 403 Forbidden") << request;
    EXPECT_EQ(answer.find(server->token()), answer.npos);
    EXPECT_NE(answer.find("frame-ancestors 'none'"), answer.npos);
  }
}

TEST(WebServer, AnswersGarbageWithItsReason) {
  Served server;
  EXPECT_EQ(status_of(asked(server->port(), std::string("\x16\x03\x01\x02\0\xff\xfe junk\r\n\r\n", 16))), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(status_of(asked(server->port(), "GET / HTTP/9.9\r\n\r\n")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(status_of(get(*server, "/", "X: " + std::string(2000, 'x') + "\r\n")), "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(status_of(asked(server->port(), "GET /" + std::string(200'000, 'y'))), "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(status_of(get(*server, "/", "Content-Length: 5\r\n") + "hello"), "HTTP/1.1 413 Payload Too Large");
  EXPECT_EQ(status_of(get(*server, "/")), "HTTP/1.1 200 OK");
}

TEST(WebServer, HalfRequestsEndAtTheirDeadlineAndHoldUpNobody) {
  Served server;
  Client half(server->port()), silent(server->port());
  half.say("GET / HTT");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(status_of(get(*server, "/")), "HTTP/1.1 200 OK");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 300ms);
  EXPECT_EQ(half.rest(), "");  // closed
  EXPECT_EQ(silent.rest(), "");
}

TEST(WebServer, StrangersCannotKeepTheUserOut) {
  Served server({.connections_max = 4, .patience = 20'000ms});
  std::vector<std::unique_ptr<Client>> strangers;
  for (int i = 0; i < 12; ++i) strangers.push_back(std::make_unique<Client>(server->port()));
  EXPECT_EQ(status_of(get(*server, "/")), "HTTP/1.1 200 OK");
}

TEST(WebServer, MoreWebSocketsThanPlacesAreTurnedAway) {
  Served server;
  std::vector<std::unique_ptr<Talk>> talks;
  for (std::size_t i = 0; i < kSmall.connections_max; ++i) talks.push_back(std::make_unique<Talk>(*server));
  for (auto& talk : talks) EXPECT_EQ(talk->ask("x"), "x");
  EXPECT_EQ(status_of(get(*server, "/")), "HTTP/1.1 503 Service Unavailable");
  talks.clear();
  std::string last;
  for (int i = 0; i < 50 && last != "HTTP/1.1 200 OK"; ++i) last = status_of(get(*server, "/")), std::this_thread::sleep_for(10ms);
  EXPECT_EQ(last, "HTTP/1.1 200 OK");
}

TEST(WebServer, TalksWithItsOwnPageAlone) {
  Served server;
  Talk good(*server);
  EXPECT_FALSE(good.error) << good.error.message();
  EXPECT_EQ(good.ask("ping \xc3\xa4"), "ping \xc3\xa4");
  EXPECT_TRUE(Talk(*server, std::string(32, '0')).error);
  EXPECT_TRUE(Talk(*server, "", "http://evil.example").error);
}

TEST(WebServer, AMessageThatIsTooLargeOrNoTextClosesItsConnection) {
  Served server;
  Talk large(*server), binary(*server), other(*server);
  large.say(std::string(5000, 'x'));
  large.hear();
  EXPECT_EQ(large.close_code(), websocket::close_code::too_big);
  binary.binary();
  binary.say("x");
  binary.hear();
  EXPECT_EQ(binary.close_code(), websocket::close_code::unknown_data);
  EXPECT_EQ(other.ask("still here"), "still here");
}

TEST(WebServer, OneThatDoesNotReadIsClosedAndHoldsUpNobody) {
  Served server({.patience = 400ms, .idle = 600ms});
  Talk deaf(*server);
  // Its echoes are never read; at some point it is not listened to, and then it is closed.
  auto spoken = std::async(std::launch::async, [&] {
    for (int i = 0; i < 2000 && !deaf.error; ++i) deaf.say(std::string(60'000, 'x'));
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Talk(*server).ask("still here"), "still here");
  spoken.get();
  EXPECT_TRUE(deaf.error);
}

TEST(WebServer, SaysWhenThePortIsTaken) {
  Served server;
  EXPECT_THROW(WebServer({.port = server->port()}), base::UserError);
}

TEST(WebJobs, GivesTheInputAndBringsTheOutput) {
  Served server;
  EXPECT_EQ(Talk(*server).ask("run cat; echo ' and more'"), "good input and more\n");
  EXPECT_EQ(Talk(*server).ask("run exit 0"), "good ");
}

TEST(WebJobs, SaysWhyOneFailed) {
  Served server;
  EXPECT_EQ(Talk(*server).ask("run echo first >&2; echo 'the reason' >&2; exit 2"), "bad the reason");
  EXPECT_EQ(Talk(*server).ask("run exit 3"), "bad the run left with exit code 3");
  EXPECT_EQ(Talk(*server).ask("run kill -SEGV $$"), "bad the run was ended by SIGSEGV");
}

TEST(WebJobs, HasLimitsOfTimeAndSize) {
  Served server(kSmall, {.at_once_max = 2, .output_bytes_max = 1 << 20, .time_max = 300ms});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(Talk(*server).ask("run sleep 60").find("limit web.run_time_max"), std::string::npos);
  EXPECT_NE(Talk(*server).ask("run exec >&- 2>&-; sleep 60").find("limit web.run_time_max"), std::string::npos);
  EXPECT_NE(Talk(*server).ask("run yes").find("limit web.run_bytes_max"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

TEST(WebJobs, TheRestWaitForTheirTurnAndTheServerAnswersMeanwhile) {
  Served server(kSmall, {.at_once_max = 1});
  Talk first(*server), second(*server), third(*server);
  first.say("run sleep 0.3; echo one");
  second.say("run echo two");
  EXPECT_EQ(third.ask("still here"), "still here");
  EXPECT_EQ(second.hear(), "good two\n");
  EXPECT_EQ(first.hear(), "good one\n");
}

TEST(WebJobs, AConnectionThatEndsTakesItsRunWithIt) {
  Served server(kSmall, {.at_once_max = 1});
  std::make_unique<Talk>(*server)->say("run sleep 1000");
  EXPECT_EQ(Talk(*server).ask("run echo next"), "good next\n");
}

}  // namespace
}  // namespace gateway
