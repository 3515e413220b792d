#include <fmt/format.h>

#include <charconv>

#include "platform/cbor/cbor.h"

namespace cbor {
namespace {

template <class V, class Key>
V* find_key(V& map, const Key& key) {
  auto* pairs = map.as_map();
  if (pairs == nullptr) return nullptr;
  for (auto& pair : *pairs)
    if (pair.key == Value(key)) return &pair.value;
  return nullptr;
}

// The whole of `text` as a number; empty when it is none.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Value& within_tags(Value& value) {
  Value* at = &value;
  while (Value* content = at->content()) at = content;
  return *at;
}

// Where a step leads from a map or an array: the index in it.
std::optional<std::size_t> step(const Value& from, std::string_view name) {
  const std::optional<std::int64_t> number = number_of(name);
  if (const Array* elements = from.as_array()) {
    if (!number || *number < 0 || static_cast<std::size_t>(*number) >= elements->size()) return std::nullopt;
    return static_cast<std::size_t>(*number);
  }
  const Map* pairs = from.as_map();
  if (pairs == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < pairs->size(); ++i) {
    const Value& key = (*pairs)[i].key;
    if ((number && key == Value(*number)) || key == Value(name)) return i;
  }
  return std::nullopt;
}

struct Place {
  Value* parent = nullptr;  // a map or an array
  std::size_t index = 0;
};

std::optional<Place> find_place(Value& root, std::string_view path) {
  Place place{&root, 0};
  for (bool first = true;; first = false) {
    const std::size_t slash = path.find('/');
    if (!first) {
      Map* pairs = place.parent->as_map();
      place.parent = pairs != nullptr ? &(*pairs)[place.index].value : &(*place.parent->as_array())[place.index];
    }
    place.parent = &within_tags(*place.parent);
    const std::optional<std::size_t> index = step(*place.parent, path.substr(0, slash));
    if (!index) return std::nullopt;
    place.index = *index;
    if (slash == std::string_view::npos) return place;
    path.remove_prefix(slash + 1);
  }
}

// As JSON writes a string (RFC 8949, 8); what UTF-8 says is left as it is.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

Value::Value(Array elements) : data_(std::move(elements)) {}
Value::Value(Map pairs) : data_(std::move(pairs)) {}

Value Value::tagged(std::uint64_t number, Value content) {
  Tagged tagged{number, {}};
  tagged.content.push_back(std::move(content));
  Value out;
  out.data_ = std::move(tagged);
  return out;
}

std::optional<std::uint64_t> Value::tag() const {
  const Tagged* tagged = std::get_if<Tagged>(&data_);
  return tagged == nullptr ? std::nullopt : std::optional(tagged->number);
}

const Value* Value::content() const {
  const Tagged* tagged = std::get_if<Tagged>(&data_);
  return tagged == nullptr ? nullptr : &tagged->content.front();
}

const Value* Value::content(std::uint64_t number) const { return tag() == number ? content() : nullptr; }

Value* Value::content() {
  Tagged* tagged = std::get_if<Tagged>(&data_);
  return tagged == nullptr ? nullptr : &tagged->content.front();
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

Value* find(Value& map, std::int64_t key) { return find_key(map, key); }
const Value* find(const Value& map, std::int64_t key) { return find_key(map, key); }
Value* find(Value& map, std::string_view key) { return find_key(map, key); }
const Value* find(const Value& map, std::string_view key) { return find_key(map, key); }

Value* find_path(Value& root, std::string_view path) {
  const std::optional<Place> place = find_place(root, path);
  if (!place) return nullptr;
  if (Map* pairs = place->parent->as_map()) return &(*pairs)[place->index].value;
  return &(*place->parent->as_array())[place->index];
}

bool edit(Value& root, std::string_view path, Value value) {
  Value* there = find_path(root, path);
  if (there == nullptr) return false;
  *there = std::move(value);
  return true;
}

bool erase(Value& root, std::string_view path) {
  const std::optional<Place> place = find_place(root, path);
  if (!place) return false;
  const auto index = static_cast<std::ptrdiff_t>(place->index);
  if (Map* pairs = place->parent->as_map())
    pairs->erase(pairs->begin() + index);
  else
    place->parent->as_array()->erase(place->parent->as_array()->begin() + index);
  return true;
}

std::string print(const Value& value) {
  std::string out;
  switch (value.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return *value.as_bool() ? "true" : "false";
    case Kind::kInt:
      return fmt::format("{}", *value.as_int());
    case Kind::kBytes:
      return fmt::format("h'{}'", base::to_hex(*value.as_bytes()));
    case Kind::kText:
      return quoted(*value.as_text());
    case Kind::kArray:
      for (const Value& element : *value.as_array()) out += (out.empty() ? "" : ", ") + print(element);
      return "[" + out + "]";
    case Kind::kMap:
      for (const Pair& pair : *value.as_map())
        out += (out.empty() ? "" : ", ") + print(pair.key) + ": " + print(pair.value);
      return "{" + out + "}";
    case Kind::kTag:
      return fmt::format("{}({})", *value.tag(), print(*value.content()));
  }
  return out;
}

}  // namespace cbor
