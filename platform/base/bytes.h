#pragma once
// Byte strings and the few conversions everyone needs. Offsets and sizes are in bytes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;
template <std::size_t N>
using Block = std::array<std::uint8_t, N>;

inline View view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
inline Bytes bytes_of(View view) { return {view.begin(), view.end()}; }
inline std::string text_of(View view) { return {view.begin(), view.end()}; }

inline void append(Bytes& to, View what) { to.insert(to.end(), what.begin(), what.end()); }

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(View bytes);
// Empty when `text` has an odd length or a digit that is none.
std::optional<Bytes> from_hex(std::string_view text);

// Little-endian, as every AMD structure is. `at` must lie inside.
template <class T>
T load_le(View from, std::size_t at = 0) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>(static_cast<std::uint64_t>(value) << 8 | from[at + i]);
  return value;
}
template <class T>
void store_le(std::span<std::uint8_t> to, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) to[at + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
}
template <class T>
void append_le(Bytes& to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) to.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

}  // namespace base
