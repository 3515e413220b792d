#include "platform/crypto/der.h"

#include <algorithm>
#include <charconv>

#include "platform/base/check.h"

namespace crypto::der {
namespace {

constexpr std::size_t kHeaderMax = 1 + 1 + sizeof(std::size_t);  // tag and length

void append_length(base::Bytes& to, std::size_t length) {
  if (length < 0x80) {
    to.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  unsigned digits = 1;
  while (length >> 8 * digits > 0) ++digits;
  to.push_back(static_cast<std::uint8_t>(0x80 | digits));
  while (digits-- > 0) to.push_back(static_cast<std::uint8_t>(length >> 8 * digits));
}

// Groups of 7 bits, highest first; all but the last have the top bit set.
void append_arc(base::Bytes& to, std::uint64_t arc) {
  unsigned shift = 0;
  while (shift + 7 < 64 && arc >> (shift + 7) > 0) shift += 7;
  for (; shift > 0; shift -= 7) to.push_back(static_cast<std::uint8_t>(0x80 | (arc >> shift & 0x7f)));
  to.push_back(static_cast<std::uint8_t>(arc & 0x7f));
}

}  // namespace

base::Bytes element(std::uint8_t tag, base::View content) {
  base::Bytes out;
  out.reserve(kHeaderMax + content.size());
  out.push_back(tag);
  append_length(out, content.size());
  base::append(out, content);
  return out;
}

base::Bytes joined(std::initializer_list<base::View> parts) {
  std::size_t size = 0;
  for (base::View part : parts) size += part.size();
  base::Bytes out;
  out.reserve(size);
  for (base::View part : parts) base::append(out, part);
  return out;
}

base::Bytes sequence(std::initializer_list<base::View> parts) { return element(kSequence, joined(parts)); }

base::Bytes integer(base::View big_endian) {
  auto first = std::find_if(big_endian.begin(), big_endian.end(), [](std::uint8_t b) { return b != 0; });
  base::Bytes content(first, big_endian.end());
  // A set top bit would mean a negative number, and zero has one byte.
  if (content.empty() || content.front() >= 0x80) content.insert(content.begin(), 0);
  return element(kInteger, content);
}

base::Bytes integer(std::uint64_t value) {
  base::Bytes bytes;
  base::append_le(bytes, value);
  std::reverse(bytes.begin(), bytes.end());
  return integer(base::View(bytes));
}

base::Bytes object_id(std::string_view dotted) {
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  base::Bytes content;
  content.reserve(dotted.size());
  std::uint64_t first = 0;
  std::size_t count = 0;
  for (; at < end; ++count) {
    std::uint64_t arc = 0;
    auto [next, error] = std::from_chars(at, end, arc);
    base::check(error == std::errc() && (next == end || (*next == '.' && next + 1 < end)), "an OID is dotted decimal");
    at = next == end ? end : next + 1;
    // The first two share a number.
    if (count == 0) first = arc;
    else append_arc(content, count == 1 ? 40 * first + arc : arc);
  }
  base::check(count >= 2 && first <= 2, "an OID has two arcs or more");
  return element(kObjectId, content);
}

base::Bytes bit_string(base::View octets) {
  base::Bytes content{0};  // unused bits
  base::append(content, octets);
  return element(kBitString, content);
}

base::Bytes text(std::uint8_t tag, std::string_view text) { return element(tag, base::view_of(text)); }

std::optional<Element> read(base::View& from) {
  if (from.size() < 2 || (from[0] & 0x1f) == 0x1f) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = from[1];
  if (length >= 0x80) {
    const std::size_t digits = length & 0x7f;
    if (digits == 0 || digits > 4 || from.size() < header + digits || from[header] == 0) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length << 8 | from[header + i];
    if (length < 0x80) return std::nullopt;
    header += digits;
  }
  if (from.size() - header < length) return std::nullopt;
  Element out{from[0], from.subspan(header, length), from.first(header + length)};
  from = from.subspan(header + length);
  return out;
}

std::optional<std::uint64_t> read_integer(base::View der) {
  std::optional<Element> number = read(der);
  if (!number || !der.empty() || number->tag != kInteger || number->content.empty()) return std::nullopt;
  base::View digits = number->content;
  if (digits[0] >= 0x80) return std::nullopt;
  if (digits[0] == 0 && digits.size() > 1) {
    if (digits[1] < 0x80) return std::nullopt;  // not the shortest form
    digits = digits.subspan(1);
  }
  if (digits.size() > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (std::uint8_t digit : digits) value = value << 8 | digit;
  return value;
}

std::optional<std::string_view> read_text(std::uint8_t tag, base::View der) {
  std::optional<Element> found = read(der);
  if (!found || !der.empty() || found->tag != tag) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(found->content.data()), found->content.size());
}

}  // namespace crypto::der
