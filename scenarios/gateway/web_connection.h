#pragma once
// One TCP connection to the web server: one HTTP request with its answer, or a WebSocket. Every wait has a deadline and every size
// a limit; whatever the peer does costs its own connection and nothing else.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

namespace gateway {

struct WebLimits {
  std::size_t connections_max = 32;
  std::uint32_t head_bytes_max = 8 << 10;       // request line and headers; a body is never taken
  std::size_t message_bytes_max = 1 << 20;      // of a WebSocket, from the client
  std::chrono::milliseconds patience{10'000};   // for a whole request, and for a client to take its answer
  std::chrono::milliseconds idle{60'000};       // a WebSocket whose client answers no ping in so long is closed
};

struct WebFile {
  std::string type, body;
};

// Takes the text of one message. One for each WebSocket, destroyed with it.
using WebTalk = std::function<void(std::string_view message)>;
// Sends a text; does nothing once the connection is over.
using WebSend = std::function<void(std::string text)>;

struct WebHandlers {
  std::function<std::optional<WebFile>(const std::string& path)> file;  // nothing: there is none
  std::function<WebTalk(WebSend send)> greet;                           // a WebSocket begins
};

// What all connections of a server have in common.
struct WebHouse {
  std::uint16_t port = 0;
  std::string token;
  std::string talk_path = "/live";  // of the WebSocket
  WebLimits limits;
  WebHandlers handlers;
};

class WebConnection {
 public:
  virtual ~WebConnection() = default;
  virtual bool admitted() const = 0;  // it has shown the token
  virtual void close() = 0;           // with a farewell where it is a WebSocket
  virtual void drop() = 0;            // at once
};

// Serves the socket until it is over, and then says so once. The house outlives it.
std::shared_ptr<WebConnection> open_connection(boost::asio::ip::tcp::socket socket, const WebHouse& house, std::function<void(const WebConnection*)> ended);

}  // namespace gateway
