#include "scenarios/verify/reader.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "platform/base/check.h"
#include "scenarios/load/values.h"
#include "scenarios/verify/pem.h"

namespace verify {

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

std::vector<std::string> split(std::string_view words) {
  std::istringstream in{std::string(words)};
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::string path_from(const load::Node& node) {
  return (std::filesystem::path(*node.place.file).parent_path() / load::need_text(node, "a file's name")).lexically_normal().string();
}

std::string content_of(const load::Node& node) {
  try {
    return load::read_text(path_from(node), kFileBytesMax);
  } catch (const base::UserError& error) {
    load::fail(node.place, error.what());
  }
}

load::Names names_of(const Key& key) {
  load::Names out;
  out.patterns = split(key.words);
  return out;
}

}  // namespace

base::Bytes hex_of(const load::Node& node, std::string_view what, unsigned size) {
  const auto bytes = base::from_hex(load::need_text(node, what));
  const std::string wanted = size == 0 ? "bytes" : std::to_string(size) + " bytes";
  if (!bytes || bytes->empty() || (size != 0 && bytes->size() != size))
    load::fail(node.place, "`" + std::string(what) + "` wants " + wanted + " in hexadecimal" +
                               (bytes ? ", not " + std::to_string(bytes->size()) : std::string()));
  return *bytes;
}

crypto::Certificate certificate_of(const load::Node& node) {
  const std::string text = content_of(node);
  if (const auto pem = crypto::Certificate::from_pem(text); pem && pem->size() == 1) return pem->front();
  if (const auto der = crypto::Certificate::from_der(base::view_of(text))) return *der;
  load::fail(node.place, "`" + path_from(node) + "` is not one certificate, in PEM or DER");
}

crypto::CalendarTime time_of(const load::Node& node) {
  const std::string& text = load::need_text(node, "at");
  int year = 0, end = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const bool whole = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day, &hour, &minute, &second, &end) == 6 &&
                     static_cast<std::size_t>(end) == text.size() && text.size() == 20;
  if (!whole || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    load::fail(node.place, "`at` wants a time of the form 2026-01-15T00:00:00Z, not `" + text + "`");
  return crypto::calendar_time(year, month, day, hour, minute, second);
}

Reader::Reader(const load::Node& map, std::string_view what, std::span<const Key> keys) : map_(map), keys_(keys) {
  load::need_map(map, what);
  load::Names known;
  for (const auto& key : keys) known.patterns.emplace_back(key.name);
  for (const auto& entry : map.entries) load::need_known(entry.place, "key", entry.key, known);
  for (const auto& key : keys)
    if (key.required && !map.find(key.name))
      load::fail(map.place, "`" + std::string(what) + "` lacks the key `" + std::string(key.name) + "` (" + std::string(key.what) + ")");
}

const Key& Reader::key_of(std::string_view key) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& one) { return one.name == key; });
  base::check(found != keys_.end(), "the table has every key that is read");
  return *found;
}

std::optional<base::Bytes> Reader::hex(std::string_view key) const {
  const auto* node = find(key);
  return node ? std::optional(hex_of(*node, key, key_of(key).size)) : std::nullopt;
}

std::set<base::Bytes> Reader::hexes(std::string_view key) const {
  std::set<base::Bytes> out;
  if (const auto* node = find(key))
    for (const auto* one : load::need_texts(*node, key)) out.insert(hex_of(*one, key, key_of(key).size));
  return out;
}

std::uint64_t Reader::count(std::string_view key, std::uint64_t otherwise) const {
  const auto* node = find(key);
  return node ? load::need_count(*node, key) : otherwise;
}

std::string Reader::text(std::string_view key) const {
  const auto* node = find(key);
  return node ? load::need_text(*node, key) : std::string();
}

std::string Reader::word(std::string_view key) const {
  const auto words = names_of(key_of(key));
  const auto* node = find(key);
  if (!node) return words.patterns.front();
  load::need_known(node->place, "value of `" + std::string(key) + "`:", load::need_text(*node, key), words);
  return node->text;
}

std::vector<std::string> Reader::words(std::string_view key) const {
  std::vector<std::string> out;
  const auto* node = find(key);
  if (!node) return out;
  const auto words = names_of(key_of(key));
  for (const auto* one : load::need_texts(*node, key)) {
    load::need_known(one->place, "value of `" + std::string(key) + "`:", one->text, words);
    out.push_back(one->text);
  }
  return out;
}

crypto::Certificate Reader::certificate(std::string_view key) const { return certificate_of(*find(key)); }

std::optional<crypto::RevocationList> Reader::revocation_list(std::string_view key) const {
  const auto* node = find(key);
  if (!node) return std::nullopt;
  auto list = crypto::RevocationList::from_der(base::view_of(content_of(*node)));
  if (!list) load::fail(node->place, "`" + path_from(*node) + "` is no revocation list in DER form");
  return list;
}

std::set<base::Bytes> Reader::public_keys(std::string_view key) const {
  std::set<base::Bytes> out;
  const auto* node = find(key);
  if (!node) return out;
  for (const auto* one : load::need_texts(*node, key)) {
    const auto blocks = from_pem(content_of(*one), "PUBLIC KEY");
    const auto point = blocks && blocks->size() == 1 ? crypto::point_of(blocks->front()) : std::nullopt;
    if (!point || point->size() != 96) load::fail(one->place, "`" + path_from(*one) + "` is not one public key on P-384, in PEM");
    out.insert(*point);
  }
  return out;
}

std::vector<std::pair<std::uint64_t, std::set<base::Bytes>>> Reader::registers(std::string_view key, std::uint64_t end) const {
  std::vector<std::pair<std::uint64_t, std::set<base::Bytes>>> out;
  const auto* node = find(key);
  if (!node) return out;
  for (const auto& entry : load::need_map(*node, key).entries) {
    load::Node number;
    number.place = entry.place;
    number.text = entry.key;
    const auto index = load::need_count(number, "a register's number");
    if (index >= end) load::fail(entry.place, "`" + std::string(key) + "` has the registers 0 to " + std::to_string(end - 1));
    std::set<base::Bytes> values;
    for (const auto* one : load::need_texts(entry.value, entry.key)) values.insert(hex_of(*one, key, key_of(key).size));
    out.emplace_back(index, std::move(values));
  }
  return out;
}

}  // namespace verify
