#include "scenarios/verify/pem.h"

#include <array>

namespace verify {

namespace {

// Base64 of RFC 4648 with the line breaks that PEM has; nothing else is passed over.
std::optional<base::Bytes> from_base64(std::string_view text) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  base::Bytes out;
  std::uint32_t bits = 0;
  unsigned digits = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const auto value = kDigits.find(c);
    if (c == '=') ++padding;
    else if (value == kDigits.npos || padding != 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(c == '=' ? 0 : value);
    if (++digits % 4 != 0) continue;
    if (padding > 2) return std::nullopt;
    for (unsigned i = 0; i < 3 - padding; ++i) out.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
    bits = 0;
    if (padding != 0) padding = 3;  // nothing may follow
  }
  if (digits % 4 != 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::vector<base::Bytes>> from_pem(std::string_view text, std::string_view label) {
  const std::string begin = "-----BEGIN " + std::string(label) + "-----", end = "-----END " + std::string(label) + "-----";
  std::vector<base::Bytes> out;
  for (std::size_t at = 0; (at = text.find(begin, at)) != text.npos;) {
    at += begin.size();
    const auto stop = text.find(end, at);
    if (stop == text.npos) return std::nullopt;
    auto bytes = from_base64(text.substr(at, stop - at));
    if (!bytes) return std::nullopt;
    out.push_back(std::move(*bytes));
    at = stop + end.size();
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace verify
