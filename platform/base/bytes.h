#pragma once
// Byte strings and the few conversions everyone needs. Offsets and sizes are in bytes.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

// Little-endian, as every AMD structure is and this program's machine has to be. `at` must lie inside.
static_assert(std::endian::native == std::endian::little);
template <class T>
T load_le(View from, std::size_t at = 0) {
  T value;
  std::memcpy(&value, from.data() + at, sizeof(T));
  return value;
}
template <class T>
void store_le(std::span<std::uint8_t> to, std::size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof(T));
}
template <class T>
void append_le(Bytes& to, T value) {
  const std::size_t at = to.size();
  to.resize(at + sizeof(T));
  std::memcpy(to.data() + at, &value, sizeof(T));
}

}  // namespace base
