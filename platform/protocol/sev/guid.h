#pragma once
// GUIDs as firmware stores them: the first three groups of the text little-endian, the last two byte by byte.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/wire/wire.h"

namespace sevproto {

struct Guid {
  std::array<std::uint8_t, 16> bytes{};
  constexpr bool operator==(const Guid&) const = default;
  using Wire = wire::Layout<&Guid::bytes>;
};

// Where each byte of the text, read from left to right, is stored.
inline constexpr std::array<std::size_t, 16> kGuidPlaces = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

// "9438d606-4f22-4cc9-b479-a793d411fd21", lower case or upper; empty for anything else.
constexpr std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    char c = text[i];
    if (dash != (c == '-')) return std::nullopt;
    if (dash) continue;
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return std::nullopt;
    auto& byte = guid.bytes[kGuidPlaces[nibble / 2]];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
    ++nibble;
  }
  return guid;
}

consteval Guid guid(std::string_view text) { return parse_guid(text).value(); }

std::string text_of(const Guid& guid);

}  // namespace sevproto
