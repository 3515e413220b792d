#pragma once
// Definition blocks as a compiler would write them: terms as bytes, to be joined. Of the language only what `aml.h` reads.
#include <initializer_list>
#include <string_view>
#include <utility>

#include "platform/base/bytes.h"
#include "platform/protocol/acpi/aml.h"

namespace acpi::write {

using base::Bytes;

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const auto& part : parts) base::append(out, part);
  return out;
}
inline Bytes number(std::uint64_t value) {
  if (value < 2) return {static_cast<std::uint8_t>(value)};
  const unsigned width = value < 0x100 ? 1 : value < 0x1'0000 ? 2 : value < 0x1'0000'0000 ? 4 : 8;
  Bytes out = {static_cast<std::uint8_t>(width == 1 ? 0x0A : width == 2 ? 0x0B : width == 4 ? 0x0C : 0x0E)};
  for (unsigned i = 0; i < width; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  return out;
}
// 20.2.4: what counts itself and what it stands in front of.
inline Bytes package(const Bytes& content) {
  for (unsigned more = 0;; ++more) {
    const std::size_t size = content.size() + 1 + more;
    if (more == 0 ? size > 0x3F : size >> (4 + 8 * more) != 0) continue;
    Bytes out = {static_cast<std::uint8_t>(more == 0 ? size : more << 6 | (size & 0x0F))};
    for (unsigned i = 0; i < more; ++i) out.push_back(static_cast<std::uint8_t>(size >> (4 + 8 * i)));
    return join({out, content});
  }
}
inline Bytes name(std::string_view text) { return base::bytes_of(text); }  // "\\_SB_": written as it is
inline Bytes device(std::string_view called, const Bytes& content) { return join({{0x5B, 0x82}, package(join({name(called), content}))}); }
inline Bytes scope(std::string_view called, const Bytes& content) { return join({{0x10}, package(join({name(called), content}))}); }
inline Bytes method(std::string_view called, std::uint8_t args, const Bytes& content) {
  return join({{0x14}, package(join({name(called), {args}, content}))});
}
inline Bytes named(std::string_view called, const Bytes& value) { return join({{0x08}, name(called), value}); }
inline Bytes region(std::string_view called, Space space, std::uint64_t offset, std::uint64_t length) {
  return join({{0x5B, 0x80}, name(called), {static_cast<std::uint8_t>(space)}, number(offset), number(length)});
}
// Of less than 64 bits, or of 64.
inline Bytes fields(std::string_view region, std::initializer_list<std::pair<std::string_view, std::uint8_t>> list) {
  Bytes content = join({name(region), {0x00}});
  for (const auto& [called, bits] : list) {
    base::append(content, name(called));
    if (bits < 0x40) content.push_back(bits);
    else base::append(content, Bytes{static_cast<std::uint8_t>(0x40 | (bits & 0x0F)), static_cast<std::uint8_t>(bits >> 4)});
  }
  return join({{0x5B, 0x81}, package(content)});
}
inline Bytes store(const Bytes& value, const Bytes& target) { return join({{0x70}, value, target}); }
inline Bytes when(const Bytes& holds, const Bytes& then) { return join({{0xA0}, package(join({holds, then}))}); }
inline Bytes otherwise(const Bytes& content) { return join({{0xA1}, package(content)}); }
inline Bytes equal(const Bytes& a, const Bytes& b) { return join({{0x93}, a, b}); }
inline Bytes give_back(const Bytes& value) { return join({{0xA4}, value}); }

}  // namespace acpi::write
