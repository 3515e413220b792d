#include "scenarios/gateway/web_guard.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/base/user_error.h"
#include "platform/base/utf8.h"

namespace gateway {

namespace {

// The token of a query that says `token=...` and nothing else.
std::optional<std::string_view> token_of(std::string_view query) {
  constexpr std::string_view kKey = "token=";
  if (!query.starts_with(kKey)) return std::nullopt;
  return query.substr(kKey.size());
}

// The host as a URL has it: either name of ours, with our port.
bool is_ours(std::string_view host, std::uint16_t port) {
  const std::string number = ":" + std::to_string(port);
  return host == "127.0.0.1" + number || host == "localhost" + number;
}

// The page's own origin is the host that this very request names, not the other of our two names.
bool comes_from(std::string_view origin, std::string_view host) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && origin.substr(kScheme.size()) == host;
}

}  // namespace

std::string new_web_token() {
  std::array<std::uint8_t, kWebTokenBytes> bytes{};
  const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
  if (got != static_cast<ssize_t>(bytes.size())) throw base::UserError(std::string("the system has no randomness: ") + std::strerror(errno));
  return base::to_hex(bytes);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char differs = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differs = static_cast<unsigned char>(differs | (a[i] ^ b[i]));
  return differs == 0;
}

WebJudgement judge(const WebHead& head, std::uint16_t port, std::string_view token) {
  if (head.hosts.size() != 1 || !is_ours(head.hosts[0], port)) return {403, "the Host header must name 127.0.0.1 or localhost with this port", {}};
  if (!head.origins.empty() && (head.origins.size() != 1 || !comes_from(head.origins[0], head.hosts[0])))
    return {403, "requests of other pages are refused", {}};
  if (head.upgrade && head.origins.empty()) return {403, "a WebSocket needs the Origin header of our own page", {}};
  const auto question = head.target.find('?');
  const auto said = question == head.target.npos ? std::nullopt : token_of(head.target.substr(question + 1));
  if (!said || !equal_in_constant_time(*said, token)) return {403, "the address needs the token that `glacis serve --web` printed", {}};
  if (head.method != "GET" && head.method != "HEAD") return {405, "only GET and HEAD are served", {}};
  if (!head.target.starts_with('/')) return {400, "the target must be a path", {}};
  return {200, "", std::string(head.target.substr(0, question))};
}

std::string as_utf8(std::string text) {
  if (base::is_utf8(text)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = base::first_character(rest);
    const auto bytes = character ? character->bytes : 1;
    out += character ? rest.substr(0, bytes) : "\xef\xbf\xbd";  // U+FFFD
    rest.remove_prefix(bytes);
  }
  return out;
}

}  // namespace gateway
