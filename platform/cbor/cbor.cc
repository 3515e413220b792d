#include "platform/cbor/cbor.h"

#include <cbor.h>

#include <algorithm>

namespace cbor {
namespace {

// Major types (RFC 8949, 3.1).
enum Major : std::uint8_t { kUnsigned, kNegative, kByteString, kTextString, kArrayStart, kMapStart, kTagStart };

// libcbor picks the shortest form.
void append_head(base::Bytes& out, Major major, std::uint64_t argument) {
  std::uint8_t head[9];
  std::size_t size = 0;
  switch (major) {
    case kUnsigned:
      size = cbor_encode_uint(argument, head, sizeof head);
      break;
    case kNegative:
      size = cbor_encode_negint(argument, head, sizeof head);
      break;
    case kByteString:
      size = cbor_encode_bytestring_start(argument, head, sizeof head);
      break;
    case kTextString:
      size = cbor_encode_string_start(argument, head, sizeof head);
      break;
    case kArrayStart:
      size = cbor_encode_array_start(argument, head, sizeof head);
      break;
    case kMapStart:
      size = cbor_encode_map_start(argument, head, sizeof head);
      break;
    case kTagStart:
      size = cbor_encode_tag(argument, head, sizeof head);
      break;
  }
  base::check(size > 0, "libcbor writes a head into nine bytes");
  base::append(out, base::View(head, size));
}

void append_value(base::Bytes& out, const Value& value, Order order);

void append_map(base::Bytes& out, const Map& map, Order order) {
  std::vector<std::pair<base::Bytes, const Value*>> pairs;
  pairs.reserve(map.size());
  for (const Pair& pair : map) pairs.emplace_back(encode(pair.key, order), &pair.value);
  if (order == Order::kDeterministic)
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  append_head(out, kMapStart, map.size());
  for (const auto& [key, value] : pairs) {
    base::append(out, key);
    append_value(out, *value, order);
  }
}

void append_value(base::Bytes& out, const Value& value, Order order) {
  switch (value.kind()) {
    case Kind::kNull:
      out.push_back(0xf6);
      break;
    case Kind::kBool:
      out.push_back(*value.as_bool() ? 0xf5 : 0xf4);
      break;
    case Kind::kInt: {
      const std::int64_t number = *value.as_int();
      if (number < 0)
        append_head(out, kNegative, static_cast<std::uint64_t>(-(number + 1)));
      else
        append_head(out, kUnsigned, static_cast<std::uint64_t>(number));
      break;
    }
    case Kind::kBytes:
      append_head(out, kByteString, value.as_bytes()->size());
      base::append(out, *value.as_bytes());
      break;
    case Kind::kText:
      append_head(out, kTextString, value.as_text()->size());
      base::append(out, base::view_of(*value.as_text()));
      break;
    case Kind::kArray:
      append_head(out, kArrayStart, value.as_array()->size());
      for (const Value& element : *value.as_array()) append_value(out, element, order);
      break;
    case Kind::kMap:
      append_map(out, *value.as_map(), order);
      break;
    case Kind::kTag:
      append_head(out, kTagStart, *value.tag());
      append_value(out, *value.content(), order);
      break;
  }
}

// RFC 3629, 4: shortest forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(base::View text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t lead = text[at++];
    if (lead < 0x80) continue;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - at < static_cast<std::size_t>(more)) return false;
    std::uint32_t point = lead & (0x3f >> more);
    for (int i = 0; i < more; ++i, ++at) {
      if ((text[at] & 0xc0) != 0x80) return false;
      point = point << 6 | (text[at] & 0x3f);
    }
    const std::uint32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
  }
  return true;
}

// What libcbor found at the start of its input: a head, and the bytes that belong to a string.
struct Item {
  enum class What { kRefused, kHead, kBool, kNull } what = What::kRefused;
  Major major = kUnsigned;
  std::uint64_t argument = 0;  // of a string: its length
  base::View content;
};

template <Major kMajor, class T>
void take_number(void* item, T argument) {
  *static_cast<Item*>(item) = {Item::What::kHead, kMajor, argument, {}};
}
template <Major kMajor>
void take_string(void* item, cbor_data bytes, std::size_t size) {
  *static_cast<Item*>(item) = {Item::What::kHead, kMajor, size, base::View(bytes, size)};
}
template <Major kMajor>
void take_start(void* item, std::size_t count) {
  *static_cast<Item*>(item) = {Item::What::kHead, kMajor, count, {}};
}

// Whatever is not named here leaves the item refused: floats, undefined, and all of indefinite length.
cbor_callbacks callbacks_of_ours() {
  cbor_callbacks all = cbor_empty_callbacks;
  all.uint8 = take_number<kUnsigned, std::uint8_t>;
  all.uint16 = take_number<kUnsigned, std::uint16_t>;
  all.uint32 = take_number<kUnsigned, std::uint32_t>;
  all.uint64 = take_number<kUnsigned, std::uint64_t>;
  all.negint8 = take_number<kNegative, std::uint8_t>;
  all.negint16 = take_number<kNegative, std::uint16_t>;
  all.negint32 = take_number<kNegative, std::uint32_t>;
  all.negint64 = take_number<kNegative, std::uint64_t>;
  all.byte_string = take_string<kByteString>;
  all.string = take_string<kTextString>;
  all.array_start = take_start<kArrayStart>;
  all.map_start = take_start<kMapStart>;
  all.tag = take_number<kTagStart, std::uint64_t>;
  all.boolean = [](void* item, bool value) { *static_cast<Item*>(item) = {Item::What::kBool, kUnsigned, value, {}}; };
  all.null = [](void* item) { *static_cast<Item*>(item) = {Item::What::kNull, kUnsigned, 0, {}}; };
  return all;
}

class Reader {
 public:
  Reader(base::View in, Strictness strictness) : in_(in), strictness_(strictness) {}

  bool finished() const { return at_ == in_.size(); }

  std::optional<Value> read(std::size_t depth) {
    if (depth > kDepthMax) return std::nullopt;
    const Item item = next();
    if (item.what == Item::What::kRefused) return std::nullopt;
    if (item.what == Item::What::kNull) return Value();
    if (item.what == Item::What::kBool) return Value(item.argument != 0);
    switch (item.major) {
      case kUnsigned:
      case kNegative: {
        if (item.argument > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
        const auto number = static_cast<std::int64_t>(item.argument);
        return Value(item.major == kUnsigned ? number : -1 - number);
      }
      case kByteString:
        return Value(base::bytes_of(item.content));
      case kTextString:
        return is_utf8(item.content) ? std::optional(Value(base::text_of(item.content))) : std::nullopt;
      case kArrayStart:
        return read_array(item.argument, depth);
      case kMapStart:
        return read_map(item.argument, depth);
      case kTagStart: {
        std::optional<Value> content = read(depth + 1);
        if (!content) return std::nullopt;
        return Value::tagged(item.argument, std::move(*content));
      }
    }
    return std::nullopt;
  }

 private:
  Item next() {
    static const cbor_callbacks kCallbacks = callbacks_of_ours();
    // libcbor 0.8 takes the tags 6 to 20 for malformed (its issue 307); all tags of one byte are read here.
    if (at_ < in_.size() && in_[at_] >> 5 == kTagStart && (in_[at_] & 0x1f) < 24)
      return {Item::What::kHead, kTagStart, in_[at_++] & 0x1fu, {}};
    Item item;
    const cbor_decoder_result result = cbor_stream_decode(in_.data() + at_, in_.size() - at_, &kCallbacks, &item);
    if (result.status != CBOR_DECODER_FINISHED) return {};
    // libcbor reads heads of any width; the shortest is the one that it writes itself.
    if (item.what == Item::What::kHead) {
      base::Bytes head;
      append_head(head, item.major, item.argument);
      if (result.read != head.size() + item.content.size()) return {};
    }
    at_ += result.read;
    return item;
  }

  // Nothing is reserved for a count, which may lie: each element takes at least a byte of input.
  std::optional<Value> read_array(std::uint64_t count, std::size_t depth) {
    Array elements;
    for (std::uint64_t i = 0; i < count; ++i) {
      std::optional<Value> element = read(depth + 1);
      if (!element) return std::nullopt;
      elements.push_back(std::move(*element));
    }
    return Value(std::move(elements));
  }

  std::optional<Value> read_map(std::uint64_t count, std::size_t depth) {
    Map pairs;
    std::vector<base::Bytes> keys;  // in their deterministic form, so that maps within keys compare as well
    for (std::uint64_t i = 0; i < count; ++i) {
      std::optional<Value> key = read(depth + 1);
      if (!key) return std::nullopt;
      keys.push_back(encode(*key));
      std::optional<Value> value = read(depth + 1);
      if (!value) return std::nullopt;
      pairs.push_back({std::move(*key), std::move(*value)});
    }
    if (strictness_ == Strictness::kDeterministic && !std::is_sorted(keys.begin(), keys.end())) return std::nullopt;
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return std::nullopt;
    return Value(std::move(pairs));
  }

  base::View in_;
  Strictness strictness_;
  std::size_t at_ = 0;
};

}  // namespace

base::Bytes encode(const Value& value, Order order) {
  base::Bytes out;
  append_value(out, value, order);
  return out;
}

std::optional<Value> decode(base::View bytes, Strictness strictness) {
  if (bytes.size() > kSizeMax) return std::nullopt;
  Reader reader(bytes, strictness);
  std::optional<Value> value = reader.read(1);
  return reader.finished() ? std::move(value) : std::nullopt;
}

}  // namespace cbor
