// Server and client over loopback. Everything here is bounded: a few connections, short deadlines.
#include "scenarios/gateway/emu_server.h"

#include <future>
#include <thread>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/emu_client.h"

namespace gateway {
namespace {

using namespace std::chrono_literals;

// An echo that does not answer objects beginning with FF; on a port of its own, until the clients are through.
class Served {
 public:
  explicit Served(std::uint64_t connections, std::chrono::milliseconds patience = 300ms) {
    ServerSettings settings{.port = 0, .idle = 2000ms, .patience = patience, .connections_max = connections};
    thread_ = std::thread([this, settings] {
      serve(settings, [](base::View in) -> std::optional<base::Bytes> {
        if (!in.empty() && in[0] == 0xFF) return std::nullopt;
        return base::bytes_of(in);
      }, [this] { ++peers_; }, [this](const std::string& line) { hear(line); });
    });
  }
  ~Served() { thread_.join(); }
  std::uint16_t port() { return port_.get_future().get(); }
  const std::vector<std::string>& log() const { return log_; }
  int peers() const { return peers_; }

 private:
  void hear(const std::string& line) {
    const std::string begin = "listening on 127.0.0.1:";
    if (line.starts_with(begin)) port_.set_value(static_cast<std::uint16_t>(std::stoi(line.substr(begin.size()))));
    else log_.push_back(line);
  }
  std::promise<std::uint16_t> port_;
  std::vector<std::string> log_;
  int peers_ = 0;
  std::thread thread_;
};

base::Bytes raw(std::uint16_t port, base::View send, std::size_t want) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(send.data(), send.size()));
  base::Bytes got(want);
  boost::system::error_code end;
  got.resize(boost::asio::read(socket, boost::asio::buffer(got), end));
  return got;
}

TEST(EmuServer, AnswersObjectsAndEndsAtShutdown) {
  Served server(5);
  EmuClient client({.port = server.port(), .patience = 2000ms});
  EXPECT_TRUE(client.hello());
  EXPECT_EQ(client.exchange(base::Bytes{1, 2, 3}), (base::Bytes{1, 2, 3}));
  EXPECT_EQ(client.exchange(base::Bytes(5000, 7)), base::Bytes(5000, 7));
  client.leave(true);  // the server's thread ends though it would have served more
}

TEST(EmuServer, AnObjectWithoutAnswerClosesTheConnectionAndTheNextOneIsServed) {
  Served server(2);
  EmuClient client({.port = server.port(), .patience = 2000ms});
  EXPECT_FALSE(client.exchange(base::Bytes{0xFF}));
  EXPECT_EQ(client.why(), "the peer closed the connection");
  EXPECT_EQ(client.exchange(base::Bytes{5}), base::Bytes{5});
  client.leave(false);
}

TEST(EmuServer, AnUnknownCommandIsAnsweredAsOthersDo) {
  Served server(1);
  const auto got = raw(server.port(), *base::from_hex("000000770000000200000000"), 64);
  EXPECT_EQ(base::to_hex(got), "0000ffff0000000200000000");
}

TEST(EmuServer, AnotherTransportAnOversizedFrameAndASlowPeerCostTheirOwnConnectionOnly) {
  Served server(4);
  const auto port = server.port();
  EXPECT_TRUE(raw(port, *base::from_hex("000000010000000100000000"), 1).empty());
  EXPECT_TRUE(raw(port, *base::from_hex("0000000100000002ffffffff"), 1).empty());
  EXPECT_TRUE(raw(port, *base::from_hex("00000001000000"), 1).empty());  // half a header, then silence: the server hangs up
  EmuClient client({.port = port, .patience = 2000ms});
  EXPECT_EQ(client.exchange(base::Bytes{9}), base::Bytes{9});
  client.leave(false);
}

TEST(EmuServer, SaysWhenThePortIsTaken) {
  Served server(1);
  const auto port = server.port();
  EXPECT_THROW(serve({.port = port}, {}, {}, [](const std::string&) {}), base::UserError);
  EmuClient client({.port = port, .patience = 2000ms});
  EXPECT_TRUE(client.hello());
  client.leave(true);
}

TEST(EmuClient, SaysThatNobodyIsThere) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = taken.local_endpoint().port();
  taken.close();
  EmuClient client({.port = port, .patience = 500ms});
  EXPECT_FALSE(client.exchange(base::Bytes{1}));
  EXPECT_NE(client.why().find("no responder at 127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace gateway
