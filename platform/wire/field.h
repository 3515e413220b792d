#pragma once
// Where a field lies in bytes, what is wrong with bytes, and an adversary's pen: raw bytes altered by field name.
// Nothing here is a template over messages, so that an engine can use it on any of them.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/base/check.h"

namespace wire {

using base::Bytes;
using base::View;

enum class Kind : std::uint8_t { kLittle, kBig, kBytes, kReserved };

// `name` is the path from the outermost message: "header.msg_type", "entries[2].gpa", "reserved@0x4c".
struct FieldSpan {
  std::string name;
  std::size_t offset = 0;
  std::size_t size = 0;
  Kind kind = Kind::kBytes;
  bool operator==(const FieldSpan&) const = default;
};
using Fields = std::vector<FieldSpan>;

// The first thing that is not exactly right: where, in which field, and what.
struct Error {
  std::size_t offset = 0;
  std::string field;
  std::string what;
  std::string text() const;
  bool operator==(const Error&) const = default;
};

// A value or the error that stood in its way.
template <class T>
class Decoded {
 public:
  Decoded(T value) : value_(std::move(value)) {}
  Decoded(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return value_.has_value(); }
  const T& operator*() const& { return get(); }
  T& operator*() & { return const_cast<T&>(get()); }
  T operator*() && { return std::move(const_cast<T&>(get())); }
  const T* operator->() const { return &get(); }
  T* operator->() { return &const_cast<T&>(get()); }
  const Error& error() const {
    base::check(!value_, "a decoded value has no error");
    return error_;
  }

 private:
  const T& get() const {
    base::check(value_.has_value(), "a refused message has no value");
    return *value_;
  }
  std::optional<T> value_;
  Error error_;
};

// By full name, or by the end of a name ("msg_type") when only one field ends so.
std::optional<FieldSpan> find_field(const Fields& fields, std::string_view name);

// False, or nothing, when the field does not lie inside `raw`, or is wider than 8 bytes where a number is meant.
std::optional<std::uint64_t> get_number(View raw, const FieldSpan& field);
bool set_number(std::span<std::uint8_t> raw, const FieldSpan& field, std::uint64_t value);
// `value` must have the field's size.
bool set_bytes(std::span<std::uint8_t> raw, const FieldSpan& field, View value);
// Bit 0 is the least significant bit of a number in its own byte order, else bit 0 of the first byte.
bool flip_bit(std::span<std::uint8_t> raw, const FieldSpan& field, std::size_t bit);

// "version=0x2 measurement=00ff.." ; reserved bytes appear only when they are not zero.
std::string print_fields(View raw, const Fields& fields, std::string_view separator = " ");

}  // namespace wire
