#include "scenarios/load/units.h"

#include <limits>
#include <span>

namespace load {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr Unit kSizes[] = {
    {"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40},
};
constexpr std::uint64_t kSecond = 1'000'000'000'000;
constexpr Unit kTimes[] = {
    {"ps", 1},      {"ns", 1'000},         {"us", 1'000'000},     {"ms", 1'000'000'000},
    {"s", kSecond}, {"min", 60 * kSecond}, {"h", 3600 * kSecond}, {"d", 86400 * kSecond},
};

std::string list_of(std::span<const Unit> units) {
  std::string out;
  for (const auto& unit : units) (out += out.empty() ? "" : " ") += unit.name;
  return out;
}

std::string quote(std::string_view text) { return "`" + std::string(text.substr(0, 60)) + "`"; }

Quantity wrong(std::string text) { return {std::nullopt, std::move(text)}; }

// Digits only, no sign; empty when there are none or they do not fit.
std::optional<std::uint64_t> whole(std::string_view digits, unsigned base) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : digits) {
    unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                            : 99;
    if (digit >= base || value > (std::numeric_limits<std::uint64_t>::max() - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

Quantity with_unit(std::string_view text, std::span<const Unit> units, const char* what) {
  auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  auto name = text.substr(digits.size());
  std::string known = " (units: " + list_of(units) + ")";
  if (digits.empty()) return wrong(quote(text) + " is not a " + what + known);
  if (name.empty()) return wrong("a " + std::string(what) + " needs a unit: " + quote(text) + known);
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    auto value = whole(digits, 10);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max() / unit.factor)
      return wrong(quote(text) + " is too large");
    return {*value * unit.factor, ""};
  }
  return wrong(quote(name) + " is not a unit of " + what + known);
}

}  // namespace

Quantity parse_size(std::string_view text) { return with_unit(text, kSizes, "size"); }
Quantity parse_time(std::string_view text) { return with_unit(text, kTimes, "time"); }

Quantity parse_count(std::string_view text) {
  bool hex = text.starts_with("0x");
  // A leading zero means octal to some readers and not to others.
  bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits && text.size() > 1 && text[0] == '0') return wrong(quote(text) + " starts with a zero");
  auto value = hex ? whole(text.substr(2), 16) : whole(text, 10);
  if (!value) return wrong(quote(text) + " is not a whole number without unit");
  return {*value, ""};
}

}  // namespace load
