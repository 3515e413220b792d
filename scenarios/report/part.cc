#include "scenarios/report/part.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "platform/crypto/digest.h"
#include "scenarios/load/document.h"

namespace report {

namespace json = boost::json;

namespace {

constexpr std::string_view kBegin = "{\"glacis-part\":";
constexpr std::uint64_t kForm = 1;
constexpr std::size_t kDigestSize = 64;

json::object header_of(const Part& part) {
  json::object options, files;
  for (const auto& [name, values] : part.whole.options) {
    auto& list = options[name].emplace_array();
    for (const auto& value : values) list.emplace_back(value);
  }
  for (const auto& [name, digest] : part.whole.files) files[name] = digest;
  return {{"glacis-part", kForm},         {"kind", part.whole.kind},        {"build", part.whole.build},
          {"items", part.whole.items},    {"shard", part.shard.number},     {"of", part.shard.of},
          {"options", std::move(options)}, {"files", std::move(files)}};
}

std::string line_of(std::uint64_t item, const json::value& value) {
  return json::serialize(json::object{{"item", item}, {"value", value}}) + "\n";
}

std::string last_line(std::size_t count, std::string_view before) {
  return json::serialize(json::object{{"end", count}, {"sha256", digest_of(before)}}) + "\n";
}

// Takes a part's text apart, line by line.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Part read() {
    Part part = header();
    for (;;) {
      const std::size_t before = at_;
      const json::object line = next();
      if (line.contains("end")) {
        if (last_line(part.items.size(), text_.substr(0, before)) != text_.substr(before, at_ - before))
          fail("the last line does not belong to the lines before: the file was changed or cut");
        if (at_ != text_.size()) ++line_, fail("there is more behind the last line");
        return part;
      }
      take_item(line, part);
      same_form(line_of(part.items.rbegin()->first, part.items.rbegin()->second), before);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { load::fail(file_, {line_, 1}, what); }

  json::object next() {
    ++line_;
    const auto end = text_.find('\n', at_);
    if (end == text_.npos) fail(at_ == text_.size() ? "the part ends too early" : "a line without an end: the file was cut");
    boost::system::error_code error;
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // what a guest said is kept byte for byte
    auto value = json::parse(json::string_view(text_.data() + at_, end - at_), error, {}, options);
    at_ = end + 1;
    if (error) fail("not JSON: " + error.message());
    if (!value.is_object()) fail("not an object");
    return std::move(value.as_object());
  }

  // One text for one part: no second spelling, no key that is not looked at.
  void same_form(std::string_view written, std::size_t before) const {
    if (text_.substr(before, at_ - before) != written) fail("not in the form that this program writes");
  }

  const json::value& at(const json::object& object, const char* key) const {
    const auto* found = object.if_contains(key);
    if (!found) fail(fmt::format("there is no `{}`", key));
    return *found;
  }

  std::string text(const json::object& object, const char* key) const {
    const auto& value = at(object, key);
    if (!value.is_string()) fail(fmt::format("`{}` is not a text", key));
    return std::string(value.get_string());
  }

  std::string digest(std::string_view text, std::string_view what) const {
    const bool good = text.size() == kDigestSize && text.find_first_not_of("0123456789abcdef") == text.npos;
    if (!good) fail(fmt::format("{} is no SHA-256 in hex", what));
    return std::string(text);
  }

  std::uint64_t number(const json::object& object, const char* key, std::uint64_t max) const {
    const auto& value = at(object, key);
    const std::uint64_t out = value.is_uint64() ? value.get_uint64() : value.is_int64() && value.get_int64() >= 0 ? value.get_int64() : max + 1;
    if (out > max) fail(fmt::format("`{}` is not a number from 0 to {}", key, max));
    return out;
  }

  const json::object& map(const json::object& object, const char* key) const {
    const auto& value = at(object, key);
    if (!value.is_object()) fail(fmt::format("`{}` is not an object", key));
    return value.get_object();
  }

  Part header() {
    if (!is_part(text_)) line_ = 1, fail("this is no part of `--part FILE`");
    const json::object line = next();
    if (number(line, "glacis-part", UINT32_MAX) != kForm) fail(fmt::format("a part of another form; this program reads form {}", kForm));
    Part part;
    part.whole.kind = text(line, "kind");
    part.whole.build = digest(text(line, "build"), "`build`");
    part.whole.items = number(line, "items", kItemsMax);
    part.shard = {number(line, "shard", kShardsMax), number(line, "of", kShardsMax)};
    if (part.shard.number < 1 || part.shard.number > part.shard.of)
      fail(fmt::format("there is no shard {}", text_of(part.shard)));
    for (const auto& [name, values] : map(line, "options")) {
      auto& list = part.whole.options[std::string(name)];
      if (!values.is_array()) fail("`options` holds something that is no list");
      for (const auto& value : values.get_array()) {
        if (!value.is_string()) fail("an option is not a text");
        list.emplace_back(value.get_string());
      }
    }
    for (const auto& [name, value] : map(line, "files")) {
      if (!value.is_string()) fail("`files` holds something that is no text");
      part.whole.files[std::string(name)] = digest(value.get_string(), fmt::format("the digest of `{}`", std::string(name)));
    }
    same_form(json::serialize(header_of(part)) + "\n", 0);
    return part;
  }

  void take_item(const json::object& line, Part& part) const {
    const auto item = number(line, "item", kItemsMax);
    if (item >= part.whole.items) fail(fmt::format("item {} of {}: there is none", item, part.whole.items));
    if (!part.shard.has(item)) fail(fmt::format("item {} is not shard {}'s", item, text_of(part.shard)));
    if (!part.items.empty() && part.items.rbegin()->first >= item) fail(fmt::format("item {} is out of order", item));
    part.items.emplace_hint(part.items.end(), item, at(line, "value"));
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 0;
};

std::string names_of(const std::vector<std::uint64_t>& numbers) {
  constexpr std::size_t kNamedMax = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(numbers.size(), kNamedMax); ++i) out += (i ? ", " : "") + std::to_string(numbers[i]);
  return numbers.size() > kNamedMax ? fmt::format("{} and {} more", out, numbers.size() - kNamedMax) : out;
}

}  // namespace

std::string digest_of(base::View bytes) { return base::to_hex(crypto::hash(crypto::Digest::kSha256, bytes)); }
std::string digest_of(std::string_view text) { return digest_of(base::view_of(text)); }

std::string difference(const Whole& one, const Whole& other) {
  if (one.kind != other.kind) return fmt::format("one is of `{}`, the other of `{}`", one.kind, other.kind);
  if (one.build != other.build) return "the programs are not of the same build";
  if (one.options != other.options) return "the options or the lists of files differ";
  for (const auto& [name, digest] : one.files) {
    const auto found = other.files.find(name);
    if (found == other.files.end()) return fmt::format("`{}` belongs to one alone", name);
    if (found->second != digest) return fmt::format("`{}` has another content", name);
  }
  for (const auto& [name, digest] : other.files)
    if (!one.files.contains(name)) return fmt::format("`{}` belongs to one alone", name);
  return one.items == other.items ? "" : fmt::format("one has {} items, the other {}", one.items, other.items);
}

Shard shard_of(const std::string& text) {
  const auto slash = text.find('/');
  const auto number = [&](std::size_t from, std::size_t end) -> std::uint64_t {
    std::uint64_t out = 0;
    const char* const last = text.data() + end;
    const auto [stop, error] = std::from_chars(text.data() + from, last, out);
    return error == std::errc() && stop == last ? out : 0;
  };
  const Shard out = slash == text.npos ? Shard{0, 0} : Shard{number(0, slash), number(slash + 1, text.size())};
  if (out.number < 1 || out.number > out.of || out.of > kShardsMax)
    throw base::UserError(fmt::format("`{}` is no shard; 1/4 to 4/4 are those of four (at most {})", text, kShardsMax));
  return out;
}

std::string text_of(const Shard& shard) { return fmt::format("{} of {}", shard.number, shard.of); }

std::string text_of(const Part& part) {
  std::string out = json::serialize(header_of(part)) + "\n";
  for (const auto& [item, value] : part.items) out += line_of(item, value);
  return out + last_line(part.items.size(), out);
}

Part part_of(std::string_view text, const std::string& file) { return Reader(text, file).read(); }

bool is_part(std::string_view text) { return text.starts_with(kBegin); }

Items join(std::vector<NamedPart> parts, bool lacking) {
  std::map<std::uint64_t, const NamedPart*> seen;
  const NamedPart& first = parts.at(0);
  for (const auto& one : parts) {
    const auto& [file, part] = one;
    if (const auto what = difference(first.part.whole, part.whole); !what.empty())
      throw base::UserError(fmt::format("`{}` and `{}` are parts of different wholes: {}", first.file, file, what));
    if (part.shard.of != first.part.shard.of)
      throw base::UserError(fmt::format("`{}` is one of {} shards, `{}` one of {}", first.file, first.part.shard.of, file, part.shard.of));
    const auto [there, fresh] = seen.emplace(part.shard.number, &one);
    if (!fresh) throw base::UserError(fmt::format("`{}` and `{}` are both shard {}; give each once", there->second->file, file, text_of(part.shard)));
    if (!lacking && part.lacks() != 0)
      throw base::UserError(fmt::format("`{}`: shard {} lacks {} of its {} items; run it again, or merge with --partial", file, text_of(part.shard),
                                        part.lacks(), part.shard.share(part.whole.items)));
  }
  const auto of = first.part.shard.of;
  if (!lacking && seen.size() != of) {
    std::vector<std::uint64_t> missing;
    for (std::uint64_t i = 1; i <= of; ++i)
      if (!seen.contains(i)) missing.push_back(i);
    throw base::UserError(fmt::format("missing of {} shards: {}; give their parts too, or merge with --partial", of, names_of(missing)));
  }
  Items out;
  for (auto& one : parts) out.merge(one.part.items);
  return out;
}

}  // namespace report
