// Responders of all kinds on loopback, and what becomes of each. Everything here is bounded by short deadlines.
#include "scenarios/gateway/outside.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "platform/base/user_error.h"
#include "scenarios/gateway/emu_server.h"

namespace gateway {
namespace {

using namespace std::chrono_literals;

const base::Bytes kAsked = *base::from_hex("010001000300000010840000");
const base::Bytes kOther = *base::from_hex("010001000300000010840001");
const base::Bytes kAnswer = *base::from_hex("01000100040000001004000000010012");

// Answers with what it was made with; says nothing to kOther.
class Peer {
 public:
  explicit Peer(base::Bytes answer, std::uint64_t connections = 1) {
    ServerSettings settings{.port = 0, .idle = 3000ms, .patience = 500ms, .connections_max = connections};
    thread_ = std::thread([this, settings, answer] {
      serve(
          settings,
          [answer](base::View in) -> std::optional<base::Bytes> {
            if (base::bytes_of(in) == kOther) return std::nullopt;
            return answer;
          },
          [] {}, [this](const std::string& line) { hear(line); });
    });
    port_ = found_.get_future().get();
  }
  ~Peer() { thread_.join(); }
  ClientSettings settings() const { return {.port = port_}; }

 private:
  void hear(const std::string& line) {
    const std::string begin = "listening on 127.0.0.1:";
    if (line.starts_with(begin)) found_.set_value(static_cast<std::uint16_t>(std::stoi(line.substr(begin.size()))));
  }
  std::promise<std::uint16_t> found_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// Takes one connection, sends these bytes and hangs on, or hangs up.
class RawPeer {
 public:
  explicit RawPeer(base::Bytes bytes, bool hangs_up = false)
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}), port_(acceptor_.local_endpoint().port()) {
    thread_ = std::thread([this, bytes, hangs_up] {
      boost::asio::ip::tcp::socket socket(io_);
      boost::system::error_code error;
      acceptor_.accept(socket, error);
      base::Bytes frame(12 + kAsked.size());
      boost::asio::read(socket, boost::asio::buffer(frame), error);
      boost::asio::write(socket, boost::asio::buffer(bytes), error);
      if (!hangs_up) boost::asio::read(socket, boost::asio::buffer(frame, 1), error);  // until the other end closes
    });
  }
  ~RawPeer() { thread_.join(); }
  ClientSettings settings() const { return {.port = port_}; }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::thread thread_;
};

constexpr TalkLimits kQuick{.patience = 300ms};

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of(const ClientSettings& settings, TalkLimits limits = kQuick, const base::Bytes& asked = kAsked) {
  return error_of([&] {
    LiveResponder responder(settings, limits);
    (void)responder.begin()(0, asked);
  });
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

TEST(Outside, KeepsWhatWasSaidAndSaysItAgain) {
  std::vector<Conversation> said;
  {
    Peer peer(kAnswer, 3);
    LiveResponder live(peer.settings(), kQuick);
    for (int i = 0; i < 2; ++i) {
      const auto talk = live.begin();
      EXPECT_EQ(talk(10, kAsked), kAnswer);
      if (i == 0)
        EXPECT_EQ(talk(20, kOther), std::nullopt);  // the connection was closed, and the next object makes another
      if (i == 0) EXPECT_EQ(talk(30, kAsked), kAnswer);
    }
    said = live.said();
  }
  const Conversation first = {{10, kAsked, kAnswer}, {20, kOther, std::nullopt}, {30, kAsked, kAnswer}};
  EXPECT_EQ(said, (std::vector<Conversation>{first, {{10, kAsked, kAnswer}}}));

  RecordedResponder recorded(conversations_of(text_of(said), "said.txt"), "said.txt");
  const auto one = recorded.begin();
  EXPECT_EQ(one(0, kAsked), kAnswer);
  EXPECT_EQ(one(0, kOther), std::nullopt);
  EXPECT_EQ(one(0, kAsked), kAnswer);
  EXPECT_EQ(error_of([&] { (void)one(0, kAsked); }),
            "said.txt: conversation 1 ends after 3 objects, and the run sends another");
  const auto two = recorded.begin();
  EXPECT_TRUE(has(error_of([&] { (void)two(0, kOther); }), "object 1 of conversation 2 is not what the run sends"));
  EXPECT_EQ(error_of([&] { (void)recorded.begin(); }),
            "said.txt: 2 conversations were recorded, and the run begins another");
}

TEST(Outside, NobodyIsThere) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = taken.local_endpoint().port();
  taken.close();
  EXPECT_TRUE(has(error_of({.port = port}), "no responder at 127.0.0.1"));
}

TEST(Outside, APeerThatHangsUpBeforeItsFirstAnswerIsNoResponder) {
  EXPECT_TRUE(has(error_of(RawPeer({}, true).settings()), "the peer closed the connection"));
  Peer peer(kAnswer);
  EXPECT_TRUE(has(error_of(peer.settings(), kQuick, kOther), "the peer closed the connection"));
}

TEST(Outside, ASlowPeerCostsNoMoreThanItsDeadlines) {
  const auto start = std::chrono::steady_clock::now();
  {
    RawPeer silent({});
    EXPECT_TRUE(has(error_of(silent.settings()), "the peer says nothing"));
  }
  {
    RawPeer half({0, 0, 0, 1, 0, 0, 0, 2});
    EXPECT_TRUE(has(error_of(half.settings()), "the peer stopped after 7 of 11 bytes"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 8s);
}

TEST(Outside, RubbishIsNoAnswer) {
  const auto frame = [](const char* header) { return *base::from_hex(header); };
  {
    RawPeer text(base::bytes_of(base::view_of("HTTP/1.1 400 Bad Request\r\n\r\n")));
    EXPECT_TRUE(has(error_of(text.settings()), "more than the"));
  }
  {
    RawPeer transport(frame("000000010000000100000000"));
    EXPECT_TRUE(has(error_of(transport.settings()), "speaks transport 1, not 2"));
  }
  {
    RawPeer command(frame("0000ffff0000000200000000"));
    EXPECT_TRUE(has(error_of(command.settings()), "answered with command 0xffff"));
  }
  for (const char* object : {"", "01", "0100010003000000", "010001000100000010040000", "01000100030000001004000000"}) {
    Peer peer(*base::from_hex(object));
    EXPECT_TRUE(has(error_of(peer.settings()), "is no data object")) << object;
  }
  base::Bytes large(0x1204);
  large[0] = large[2] = 1;
  large[4] = 0x81;
  large[5] = 0x04;
  Peer peer(large);
  EXPECT_TRUE(has(error_of(peer.settings()), "an object of 4612 bytes, and a mailbox holds 4608"));
}

TEST(Outside, AConversationEndsAtItsLimits) {
  Peer peer(kAnswer, 2);
  LiveResponder few(peer.settings(), {.patience = 300ms, .objects_max = 2});
  const auto talk = few.begin();
  (void)talk(0, kAsked);
  (void)talk(0, kAsked);
  EXPECT_TRUE(has(error_of([&] { (void)talk(0, kAsked); }), "more than 2 objects in one conversation"));
  LiveResponder brief(peer.settings(), {.patience = 300ms, .all = -1ms});
  const auto late = brief.begin();
  EXPECT_TRUE(has(error_of([&] { (void)late(0, kAsked); }), "one conversation takes longer than"));
  EXPECT_EQ(few.said()[0].size(), 2u);
  (void)few.begin();  // lets go of the connection
  EmuClient last(peer.settings());
  last.exchange(kAsked);
  last.leave(false);
}

}  // namespace
}  // namespace gateway
