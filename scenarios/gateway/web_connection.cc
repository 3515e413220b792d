#include "scenarios/gateway/web_connection.h"

#include <deque>

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>

#include "scenarios/gateway/web_guard.h"

namespace gateway {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using Error = boost::system::error_code;

namespace {

constexpr std::size_t kDrainBytesMax = 64 << 10;  // of what a refused peer still sends, so that it can read why
constexpr std::chrono::milliseconds kDrainPatience{500};

class Connection final : public WebConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, const WebHouse& house, std::function<void(const WebConnection*)> ended)
      : house_(house), ended_(std::move(ended)), talk_(std::move(socket)) {}
  ~Connection() override { ended_(this); }

  void start() {
    parser_.header_limit(house_.limits.head_bytes_max);
    parser_.body_limit(0);
    stream().expires_after(house_.limits.patience);
    http::async_read(stream(), buffer_, parser_, [self = shared_from_this()](const Error& error, std::size_t) { self->read_head(error); });
  }

  bool admitted() const override { return admitted_; }
  void close() override {
    if (!open_ || closing_) return drop();
    closing_ = true;
    talk_.async_close(websocket::close_code::going_away, [self = shared_from_this()](const Error&) {});
  }
  void drop() override {
    Error ignored;
    stream().socket().close(ignored);
  }

 private:
  beast::tcp_stream& stream() { return beast::get_lowest_layer(talk_); }

  void read_head(const Error& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      return refuse(431, fmt::format("a request has at most {} bytes of headers", house_.limits.head_bytes_max));
    if (error == http::error::body_limit || error == http::error::unexpected_body) return refuse(413, "a request has no body here");
    if (error && error.category() == http::make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream && error != http::error::partial_message)
      return refuse(400, "that is no HTTP request: " + error.message());
    if (error) return drop();  // it is gone, or was too slow
    const auto& request = parser_.get();
    WebHead head{.method = request.method_string(), .target = request.target(), .hosts = {}, .origins = {}, .upgrade = websocket::is_upgrade(request)};
    for (const auto& field : request) {
      if (field.name() == http::field::host) head.hosts.emplace_back(field.value());
      if (field.name() == http::field::origin) head.origins.emplace_back(field.value());
    }
    const auto judged = judge(head, house_.port, house_.token);
    if (!judged) return refuse(judged.status, judged.why);
    admitted_ = true;
    host_ = std::string(head.hosts[0]);
    if (judged.path == house_.talk_path) return head.upgrade ? accept() : refuse(426, "this address is for a WebSocket");
    auto file = head.upgrade ? std::nullopt : house_.handlers.file(judged.path);
    if (!file) return refuse(404, "there is nothing at this address");
    answer(200, std::move(file->type), std::move(file->body));
  }

  void refuse(int status, const std::string& why) { answer(status, "text/plain; charset=utf-8", "glacis: " + why + "\n"); }

  // RFC 9110: HTTP answers close their connection here, which keeps half requests that follow out of the picture.
  void answer(int status, std::string type, std::string body) {
    answer_.version(11);
    answer_.result(static_cast<unsigned>(status));
    answer_.keep_alive(false);
    answer_.set(http::field::content_type, type);
    answer_.set(http::field::cache_control, "no-store");
    answer_.set("Content-Security-Policy", policy());
    answer_.set("X-Content-Type-Options", "nosniff");
    answer_.set("Referrer-Policy", "no-referrer");
    answer_.set("X-Frame-Options", "DENY");
    answer_.set("Cross-Origin-Opener-Policy", "same-origin");
    answer_.set("Cross-Origin-Resource-Policy", "same-origin");
    if (status == 405) answer_.set(http::field::allow, "GET, HEAD");
    if (status == 426) answer_.set(http::field::upgrade, "websocket");
    answer_.content_length(body.size());
    if (parser_.get().method() != http::verb::head) answer_.body() = std::move(body);
    stream().expires_after(house_.limits.patience);
    http::async_write(stream(), answer_, [self = shared_from_this()](const Error& error, std::size_t) {
      Error ignored;
      self->stream().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
      if (!error) self->drain();
    });
  }

  // Closing over unread bytes would take the answer away from a peer that is still sending.
  void drain() {
    if (drained_ >= kDrainBytesMax) return drop();
    buffer_.clear();
    stream().expires_after(kDrainPatience);
    stream().async_read_some(buffer_.prepare(4096), [self = shared_from_this()](const Error& error, std::size_t count) {
      if (error) return self->drop();
      self->drained_ += count;
      self->drain();
    });
  }

  // The page's scripts and styles are files of ours; it speaks to nobody but this socket.
  std::string policy() const {
    std::string out = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    if (!host_.empty()) out += "; connect-src ws://" + host_;
    return out;
  }

  void accept() {
    stream().expires_never();
    talk_.set_option(websocket::stream_base::timeout{house_.limits.patience, house_.limits.idle, true});
    talk_.read_message_max(house_.limits.message_bytes_max);
    talk_.auto_fragment(false);
    talk_.text(true);
    talk_.async_accept(parser_.get(), [self = shared_from_this()](const Error& error) {
      if (error) return;
      self->open_ = true;
      self->greet();
      self->read();
    });
  }

  void greet() {
    hear_ = house_.handlers.greet([weak = weak_from_this()](std::string text) {
      if (const auto self = weak.lock()) self->send(std::move(text));
    });
  }

  // The next message is read when all answers are away: whoever does not read is not listened to.
  void read() {
    if (reading_ || closing_ || !waiting_.empty()) return;
    reading_ = true;
    buffer_.clear();
    talk_.async_read(buffer_, [self = shared_from_this()](const Error& error, std::size_t) { self->heard(error); });
  }

  void heard(const Error& error) {
    reading_ = false;
    if (error) return over();
    if (!talk_.got_text()) {
      closing_ = true;
      over();
      return talk_.async_close({websocket::close_code::unknown_data, "messages are text"}, [self = shared_from_this()](const Error&) {});
    }
    const auto data = buffer_.data();
    hear_(std::string_view(static_cast<const char*>(data.data()), data.size()));
    read();
  }

  void send(std::string text) {
    if (!open_ || closing_) return;
    waiting_.push_back(as_utf8(std::move(text)));
    if (waiting_.size() == 1) write();
  }

  void write() {
    talk_.async_write(boost::asio::buffer(waiting_.front()), [self = shared_from_this()](const Error& error, std::size_t) {
      if (error) return self->over();
      self->waiting_.pop_front();
      if (!self->waiting_.empty()) return self->write();
      self->read();
    });
  }

  // What the talk holds, a run under way among it, ends with the connection.
  void over() {
    open_ = false;
    hear_ = nullptr;
  }

  const WebHouse& house_;
  std::function<void(const WebConnection*)> ended_;
  websocket::stream<beast::tcp_stream> talk_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> answer_;
  std::string host_;
  std::size_t drained_ = 0;
  bool admitted_ = false, open_ = false, reading_ = false, closing_ = false;
  WebTalk hear_;
  std::deque<std::string> waiting_;
};

}  // namespace

std::shared_ptr<WebConnection> open_connection(boost::asio::ip::tcp::socket socket, const WebHouse& house, std::function<void(const WebConnection*)> ended) {
  auto out = std::make_shared<Connection>(std::move(socket), house, std::move(ended));
  out->start();
  return out;
}

}  // namespace gateway
