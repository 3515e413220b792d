#include "guest/relying_party/base64url.h"

namespace relying_party {

namespace {
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}

std::string to_base64url(base::View bytes) {
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) out += kLetters[held >> (bits - 6) & 63];
  }
  if (bits != 0) out += kLetters[held << (6 - bits) & 63];
  return out;
}

std::optional<base::Bytes> from_base64url(std::string_view text) {
  base::Bytes out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  if (text.size() % 4 == 1) return std::nullopt;
  for (const char c : text) {
    const auto value = kLetters.find(c);
    if (value == std::string_view::npos || c == '\0') return std::nullopt;
    held = held << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(held >> bits));
  }
  if ((held & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace relying_party
