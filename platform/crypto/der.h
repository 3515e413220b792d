#pragma once
// The little of DER (X.690) that certificates need: a writer that nests byte strings, and a reader of one element at
// a time.
#include <optional>
#include <string_view>

#include "platform/base/bytes.h"

namespace crypto::der {

inline constexpr std::uint8_t kBoolean = 0x01;
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kNull = 0x05;
inline constexpr std::uint8_t kObjectId = 0x06;
inline constexpr std::uint8_t kUtf8String = 0x0c;
inline constexpr std::uint8_t kIa5String = 0x16;
inline constexpr std::uint8_t kUtcTime = 0x17;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;
constexpr std::uint8_t context(unsigned number) { return static_cast<std::uint8_t>(0xa0 | number); }  // constructed

base::Bytes element(std::uint8_t tag, base::View content);
base::Bytes joined(std::initializer_list<base::View> parts);
base::Bytes sequence(std::initializer_list<base::View> parts);
base::Bytes integer(base::View big_endian);  // unsigned, any number of leading zeros
base::Bytes integer(std::uint64_t value);
base::Bytes object_id(std::string_view dotted);  // ours, hence a Bug when malformed
base::Bytes bit_string(base::View octets);       // whole octets
base::Bytes text(std::uint8_t tag, std::string_view text);

struct Element {
  std::uint8_t tag = 0;
  base::View content;
  base::View whole;  // with tag and length
};
// Takes the first element off `from`. Empty, and `from` unchanged, when it is cut short, its length is not in the
// shortest form, or its tag has more than one byte.
std::optional<Element> read(base::View& from);

// The value of a non-negative INTEGER that is the whole of `der` and fits into 64 bits.
std::optional<std::uint64_t> read_integer(base::View der);
// The characters when `der` is exactly one string of this tag.
std::optional<std::string_view> read_text(std::uint8_t tag, base::View der);

}  // namespace crypto::der
