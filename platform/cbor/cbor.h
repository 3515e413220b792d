#pragma once
// CBOR (RFC 8949) as attestation evidence uses it: integers that fit 64 bits with a sign, byte and text strings,
// arrays, maps, tags, true, false and null. Floats, undefined and other simple values are outside and are refused.
//
// Promises: `encode` writes the deterministic form (RFC 8949, 4.2.1): shortest heads, definite lengths, keys in
// bytewise order of their encodings. `decode` accepts one item of definite lengths and shortest heads, with valid
// UTF-8, no key twice and no tail; anything else is refused, and nothing crashes it. So what was decoded encodes to the
// same bytes again with Order::kAsGiven.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/base/check.h"

namespace cbor {

// Limits of `decode`. A bare integer is at depth one.
inline constexpr std::size_t kDepthMax = 32;
inline constexpr std::size_t kSizeMax = 256 * 1024;  // bytes

enum class Kind { kNull, kBool, kInt, kBytes, kText, kArray, kMap, kTag };

class Value;
template <class V>
struct PairOf {  // a template, so that it is looked into when Value is complete: clang 14 asks before
  V key;
  V value;
  bool operator==(const PairOf&) const = default;
};
using Pair = PairOf<Value>;
using Array = std::vector<Value>;
using Map = std::vector<Pair>;  // in the order written or read

class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(std::same_as<bool> auto value) : data_(value) {}  // nothing else turns into a bool unasked
  // A number beyond 63 bits is a bug of the caller.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T value) : data_(static_cast<std::int64_t>(value)) {
    base::check(std::in_range<std::int64_t>(value), "a number of CBOR fits 64 bits with its sign");
  }
  Value(base::Bytes bytes) : data_(std::move(bytes)) {}
  Value(base::View bytes) : data_(base::bytes_of(bytes)) {}
  template <std::size_t N>
  Value(const base::Block<N>& bytes) : data_(base::bytes_of(bytes)) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(Array elements);
  Value(Map pairs);
  static Value tagged(std::uint64_t number, Value content);

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }

  // Null unless the value is of that kind.
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data_); }
  const base::Bytes* as_bytes() const { return std::get_if<base::Bytes>(&data_); }
  const std::string* as_text() const { return std::get_if<std::string>(&data_); }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  const Map* as_map() const { return std::get_if<Map>(&data_); }
  std::optional<std::uint64_t> tag() const;
  const Value* content() const;                      // of a tag
  const Value* content(std::uint64_t number) const;  // of a tag of this number
  Array* as_array() { return std::get_if<Array>(&data_); }
  Map* as_map() { return std::get_if<Map>(&data_); }
  Value* content();

  bool operator==(const Value& other) const;

 private:
  struct Tagged {
    std::uint64_t number = 0;
    std::vector<Value> content;  // exactly one; a vector because Value is not complete here
    bool operator==(const Tagged&) const = default;
  };
  std::variant<std::monostate, bool, std::int64_t, base::Bytes, std::string, Array, Map, Tagged> data_;
};

// kAsGiven keeps the order of each map's pairs. Either writes what it is given: a key twice stays twice.
enum class Order { kDeterministic, kAsGiven };
base::Bytes encode(const Value& value, Order order = Order::kDeterministic);

// kDeterministic refuses maps whose keys are not in bytewise order besides.
enum class Strictness { kAnyKeyOrder, kDeterministic };
std::optional<Value> decode(base::View bytes, Strictness strictness = Strictness::kAnyKeyOrder);

// The value of a key; null when there is none or `map` is no map.
Value* find(Value& map, std::int64_t key);
const Value* find(const Value& map, std::int64_t key);
Value* find(Value& map, std::string_view key);
const Value* find(const Value& map, std::string_view key);

// What `path` leads to: keys (a whole number or a text) and indices of arrays, separated by slashes, as in "44238" or
// "platform/2399/0/2". Tags on the way are stepped through. Null when it leads nowhere.
Value* find_path(Value& root, std::string_view path);
// Replaces it, or takes it away. False, and nothing changed, when it leads nowhere.
bool edit(Value& root, std::string_view path, Value value);
bool erase(Value& root, std::string_view path);

// Diagnostic notation (RFC 8949, 8), on one line: {1: -7, "a": [h'0102', 18(null)]}.
std::string print(const Value& value);

}  // namespace cbor
