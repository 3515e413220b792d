#include "platform/cbor/schema.h"

#include "platform/cbor/cbor.h"

namespace cbor {

namespace {

// Where the parts of one item lie. Only of bytes that `decode` accepted: each head is whole and of its shortest form.
class Walk {
 public:
  explicit Walk(base::View raw) : raw_(raw) {}

  void item(const std::string& path) {
    const std::size_t start = at_;
    const auto [major, argument] = head();
    switch (major) {
      case 0:
      case 1: found(path, start, at_ - start, wire::Kind::kBig); break;
      case 2:
      case 3:
        found(path, at_, argument, wire::Kind::kBytes);
        at_ += argument;
        break;
      case 4:
        for (std::uint64_t i = 0; i < argument; ++i) item(below(path, std::to_string(i)));
        break;
      case 5:
        for (std::uint64_t i = 0; i < argument; ++i) item(below(path, key()));
        break;
      case 6: item(path); break;
      default: break;  // true, false, null
    }
  }

  wire::Fields fields;

 private:
  static std::string below(const std::string& path, const std::string& word) { return path.empty() ? word : path + "/" + word; }

  std::pair<unsigned, std::uint64_t> head() {
    const std::uint8_t first = raw_[at_++];
    const unsigned info = first & 0x1f;
    if (info < 24) return {first >> 5, info};
    std::uint64_t argument = 0;
    for (unsigned i = 0; i < 1u << (info - 24); ++i) argument = argument << 8 | raw_[at_++];
    return {first >> 5, argument};
  }

  // A key that is neither a number nor a text has no word in a path.
  std::string key() {
    const std::size_t start = at_;
    const auto [major, argument] = head();
    if (major == 0) return std::to_string(argument);
    if (major == 1) return "-" + std::to_string(argument + 1);
    if (major == 3) {
      at_ += argument;
      return base::text_of(raw_.subspan(at_ - argument, argument));
    }
    at_ = start;
    Walk inside(raw_);
    inside.at_ = start;
    inside.item("");
    at_ = inside.at_;
    return "?";
  }

  void found(const std::string& path, std::size_t offset, std::size_t size, wire::Kind kind) {
    fields.push_back({.name = path.empty() ? "item" : path, .offset = offset, .size = size, .kind = kind});
  }

  base::View raw_;
  std::size_t at_ = 0;
};

wire::Fields fields_of(base::View raw) {
  if (!decode(raw)) return {};
  Walk walk(raw);
  walk.item("");
  return std::move(walk.fields);
}

std::optional<base::Bytes> set_number(base::View raw, std::string_view field, std::uint64_t number) {
  auto root = decode(raw);
  const auto span = wire::find_field(fields_of(raw), field);
  if (!root || !span || span->kind != wire::Kind::kBig || number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  if (!edit(*root, field, Value(number))) return std::nullopt;
  return encode(*root, Order::kAsGiven);
}

std::optional<base::Bytes> set_bytes(base::View raw, std::string_view field, base::View bytes) {
  auto root = decode(raw);
  const auto span = wire::find_field(fields_of(raw), field);
  if (!root || !span || span->kind != wire::Kind::kBytes) return std::nullopt;
  Value* there = find_path(*root, field);
  if (there == nullptr) return std::nullopt;
  *there = there->as_text() != nullptr ? Value(base::text_of(bytes)) : Value(bytes);  // a text stays one
  return encode(*root, Order::kAsGiven);
}

}  // namespace

wire::Schema schema(std::string name, base::Bytes empty) {
  return {.name = std::move(name),
          .size_min = 1,
          .empty = empty,
          .fields = fields_of(empty),
          .fields_of = fields_of,
          .check = [](base::View raw) -> std::optional<wire::Error> {
            if (decode(raw)) return std::nullopt;
            return wire::Error{.offset = 0, .field = "item", .what = "is not one item of CBOR as RFC 8949, 4.2 has it, without the order of keys"};
          },
          .fuzz = [](const std::uint8_t* data, std::size_t size) {
            (void)fields_of({data, size});
            return 0;
          },
          .set_number = set_number,
          .set_bytes = set_bytes};
}

}  // namespace cbor
