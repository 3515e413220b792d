#include "scenarios/gateway/web_guard.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/base/user_error.h"

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

// How many bytes the sequence at `at` has; 0: it is none. RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  unsigned least = 0x80, most = 0xbf;  // of the second byte
  if (first == 0xe0) least = 0xa0;
  if (first == 0xed) most = 0x9f;
  if (first == 0xf0) least = 0x90;
  if (first == 0xf4) most = 0x8f;
  if (byte(1) < least || byte(1) > most) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  return size;
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
  std::size_t at = 0;
  while (at < text.size()) {
    const auto size = sequence_at(text, at);
    if (size == 0) break;
    at += size;
  }
  if (at == text.size()) return text;
  std::string out = text.substr(0, at);
  while (at < text.size()) {
    const auto size = sequence_at(text, at);
    if (size == 0) out += "\xef\xbf\xbd";  // U+FFFD
    else out.append(text, at, size);
    at += std::max<std::size_t>(size, 1);
  }
  return out;
}

}  // namespace gateway
