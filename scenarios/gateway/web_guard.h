#pragma once
// Who may speak to the web server on loopback. Any page that the user's browser shows can send requests to 127.0.0.1, and any
// name can be made to resolve to it; so each request shows the token of the printed address, names us as its host, and comes from
// no page but ours. Pure: a request's head goes in, an answer's status and reason come out.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

inline constexpr std::size_t kWebTokenBytes = 16;

// From the system's randomness, as 32 hexadecimal digits. Throws base::UserError where there is none.
std::string new_web_token();
// Takes the same time wherever two texts of one length differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// What of a request's head is looked at; a header that stands there twice is two entries.
struct WebHead {
  std::string_view method, target;
  std::vector<std::string_view> hosts, origins;
  bool upgrade = false;  // to a WebSocket
};

struct WebJudgement {
  int status = 200;      // of HTTP; everything but 200 is refused
  std::string why;       // one line for a person
  std::string path;      // of the target, without its query
  explicit operator bool() const { return status == 200; }
};

WebJudgement judge(const WebHead& head, std::uint16_t port, std::string_view token);

// Text with a replacement character for each byte that is no part of valid UTF-8: browsers close a WebSocket over such a byte.
std::string as_utf8(std::string text);

}  // namespace gateway
