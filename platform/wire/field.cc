#include "platform/wire/field.h"

#include <algorithm>

namespace wire {
namespace {

bool inside(std::size_t size, const FieldSpan& field) {
  return field.offset <= size && field.size <= size - field.offset;
}

// Where byte `i` of the number, counted from its least significant byte, lies.
std::size_t place(const FieldSpan& field, std::size_t i) {
  return field.offset + (field.kind == Kind::kBig ? field.size - 1 - i : i);
}

bool ends_in(std::string_view name, std::string_view end) {
  return name.size() > end.size() && name.ends_with(end) && name[name.size() - end.size() - 1] == '.';
}

std::string hex_number(std::uint64_t value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + digits;
}

}  // namespace

std::string Error::text() const { return "offset " + std::to_string(offset) + ", field " + field + ": " + what; }

std::optional<FieldSpan> find_field(const Fields& fields, std::string_view name) {
  if (name.empty()) return std::nullopt;
  auto exact = std::ranges::find(fields, name, &FieldSpan::name);
  if (exact != fields.end()) return *exact;
  const FieldSpan* found = nullptr;
  for (const FieldSpan& field : fields) {
    if (!ends_in(field.name, name)) continue;
    if (found) return std::nullopt;
    found = &field;
  }
  if (!found) return std::nullopt;
  return *found;
}

std::optional<std::uint64_t> get_number(View raw, const FieldSpan& field) {
  if (!inside(raw.size(), field) || field.size > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = field.size; i-- > 0;) value = value << 8 | raw[place(field, i)];
  return value;
}

bool set_number(std::span<std::uint8_t> raw, const FieldSpan& field, std::uint64_t value) {
  if (!inside(raw.size(), field) || field.size > 8) return false;
  for (std::size_t i = 0; i < field.size; ++i) raw[place(field, i)] = static_cast<std::uint8_t>(value >> (8 * i));
  return true;
}

bool set_bytes(std::span<std::uint8_t> raw, const FieldSpan& field, View value) {
  if (!inside(raw.size(), field) || value.size() != field.size) return false;
  std::ranges::copy(value, raw.begin() + static_cast<std::ptrdiff_t>(field.offset));
  return true;
}

bool flip_bit(std::span<std::uint8_t> raw, const FieldSpan& field, std::size_t bit) {
  if (!inside(raw.size(), field) || bit / 8 >= field.size) return false;
  raw[place(field, bit / 8)] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  return true;
}

std::string print_fields(View raw, const Fields& fields, std::string_view separator) {
  std::string out;
  for (const FieldSpan& field : fields) {
    if (!inside(raw.size(), field)) continue;
    View part = raw.subspan(field.offset, field.size);
    bool all_zero = std::ranges::all_of(part, [](std::uint8_t b) { return b == 0; });
    if (field.kind == Kind::kReserved && all_zero) continue;
    if (!out.empty()) out += separator;
    bool is_number = field.kind == Kind::kLittle || field.kind == Kind::kBig;
    out += field.name + "=" + (is_number ? hex_number(*get_number(raw, field)) : base::to_hex(part));
  }
  return out;
}

}  // namespace wire
