#include "platform/protocol/ima/log.h"

#include <algorithm>
#include <charconv>

#include "platform/crypto/hash.h"
#include "platform/crypto/sha1.h"

namespace ima {

namespace {

constexpr std::string_view kWithheldText = "-";  // ours, in the place of the fields: the kernel's files have no word for it
constexpr std::size_t kNameBytesMax = 16;

bool is_file_template(std::string_view name) { return name == "ima-ng" || name == "ima-sig"; }
std::size_t fields_of(std::string_view name) { return name == "ima-ng" ? 2 : name == "ima-sig" || name == "ima-buf" ? 3 : 0; }

base::Bytes hash(Bank bank, base::View data) {
  if (bank == Bank::kSha256) return base::bytes_of(base::View(crypto::sha256(data)));
  return base::bytes_of(base::View(crypto::sha1(data)));
}

// "sha256:", a zero, the digest.
base::Bytes digest_field(std::string_view algorithm, base::View digest) {
  base::Bytes out = base::bytes_of(base::view_of(algorithm));
  out.push_back(':');
  out.push_back(0);
  base::append(out, digest);
  return out;
}
base::Bytes text_field(std::string_view text) {
  base::Bytes out = base::bytes_of(base::view_of(text));
  out.push_back(0);
  return out;
}

std::optional<base::Bytes> digest_of_text(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto digest = base::from_hex(text.substr(colon + 1));
  if (!digest) return std::nullopt;
  return digest_field(text.substr(0, colon), *digest);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto space = line.find(' ');
    out.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return out;
    line.remove_prefix(space + 1);
  }
}

// Paths may hold spaces as long as something fixed stands behind them: the signature is the last word, and may be empty.
std::optional<std::vector<base::Bytes>> fields_from(std::string_view name, std::string_view rest) {
  std::vector<base::Bytes> out;
  const auto first = rest.find(' ');
  if (first == std::string_view::npos) return std::nullopt;
  const auto digest = digest_of_text(rest.substr(0, first));
  if (!digest) return std::nullopt;
  out.push_back(*digest);
  rest.remove_prefix(first + 1);
  base::Bytes last;
  if (name != "ima-ng")
    if (const auto space = rest.rfind(' '); space != std::string_view::npos) {
      const auto bytes = base::from_hex(rest.substr(space + 1));
      if (!bytes) return std::nullopt;
      last = *bytes, rest = rest.substr(0, space);
    }
  if (rest.empty()) return std::nullopt;
  out.push_back(name == "ima-buf" ? base::bytes_of(base::view_of(rest)) : text_field(rest));
  if (name == "ima-buf") out.back().push_back(0);
  if (name != "ima-ng") out.push_back(last);
  return out;
}

std::optional<Entry> entry_from(Bank bank, std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 4) return std::nullopt;
  Entry out;
  const auto [end, error] = std::from_chars(words[0].data(), words[0].data() + words[0].size(), out.pcr);
  if (error != std::errc{} || end != words[0].data() + words[0].size() || out.pcr > 23) return std::nullopt;
  const auto digest = base::from_hex(words[1]);
  if (!digest || digest->size() != digest_bytes(bank)) return std::nullopt;
  out.digest = *digest, out.name = words[2];
  if (fields_of(out.name) == 0) return std::nullopt;
  if (words.size() == 4 && words[3] == kWithheldText) return out;
  auto fields = fields_from(out.name, line.substr(static_cast<std::size_t>(words[3].data() - line.data())));
  if (!fields) return std::nullopt;
  out.fields = std::move(*fields);
  return out;
}

// Reads on in `in`; gives nothing when that ends before.
std::optional<base::View> take(base::View& in, std::size_t count) {
  if (in.size() < count) return std::nullopt;
  const auto out = in.first(count);
  in = in.subspan(count);
  return out;
}
std::optional<std::uint32_t> take_word(base::View& in) {
  const auto bytes = take(in, 4);
  return bytes ? std::optional(base::load_le<std::uint32_t>(*bytes)) : std::nullopt;
}
std::optional<base::View> take_field(base::View& in, std::size_t max) {
  const auto size = take_word(in);
  return size && *size <= max ? take(in, *size) : std::nullopt;
}

}  // namespace

std::size_t digest_bytes(Bank bank) { return bank == Bank::kSha1 ? 20 : 32; }

bool Entry::is_violation() const {
  return std::all_of(digest.begin(), digest.end(), [](auto byte) { return byte == 0; });
}

bool Entry::is_consistent(Bank bank) const { return is_violation() || is_withheld() || digest == hash(bank, template_data(*this)); }

std::string Entry::path() const {
  if (fields.size() < 2 || fields[1].empty() || fields[1].back() != 0) return {};
  return std::string(fields[1].begin(), fields[1].end() - 1);
}

std::string Entry::algorithm() const {
  if (fields.empty()) return {};
  const auto colon = std::find(fields[0].begin(), fields[0].end(), ':');
  return colon == fields[0].end() ? std::string() : std::string(fields[0].begin(), colon);
}

base::Bytes Entry::file_digest() const {
  if (fields.empty()) return {};
  const auto colon = std::find(fields[0].begin(), fields[0].end(), ':');
  if (fields[0].end() - colon < 2) return {};
  return base::Bytes(colon + 2, fields[0].end());
}

Entry file_entry(Bank bank, const Digest& file, std::string_view path) {
  Entry out{.digest = {}, .fields = {digest_field("sha256", file), text_field(path)}};
  out.digest = hash(bank, template_data(out));
  return out;
}

Entry violation_entry(Bank bank, std::string_view path) {
  return {.digest = base::Bytes(digest_bytes(bank)), .fields = {digest_field("sha256", Digest{}), text_field(path)}};
}

Entry withheld(const Entry& entry) {
  Entry out = entry;
  out.fields.clear();
  return out;
}

Digest boot_aggregate(std::span<const Digest> pcrs) {
  base::Bytes all;
  for (const auto& pcr : pcrs) base::append(all, pcr);
  return crypto::sha256(all);
}

base::Bytes template_data(const Entry& entry) {
  base::Bytes out;
  for (const auto& field : entry.fields) {
    base::append_le(out, static_cast<std::uint32_t>(field.size()));
    base::append(out, field);
  }
  return out;
}

Digest replay(const std::vector<Entry>& entries) {
  Digest value{};
  for (const auto& entry : entries) {
    if (entry.pcr != kPcr) continue;
    base::Bytes both = base::bytes_of(base::View(value));
    if (entry.is_violation()) both.resize(both.size() + value.size(), 0xff);
    else base::append(both, entry.digest);
    value = crypto::sha256(both);
  }
  return value;
}

std::string to_ascii(const std::vector<Entry>& entries) {
  std::string out;
  for (const auto& entry : entries) {
    out += std::to_string(entry.pcr) + " " + base::to_hex(entry.digest) + " " + entry.name + " ";
    if (entry.is_withheld()) out += kWithheldText;
    else out += entry.algorithm() + ":" + base::to_hex(entry.file_digest()) + " " + entry.path();
    if (entry.fields.size() > 2 && (!is_file_template(entry.name) || !entry.fields[2].empty())) out += " " + base::to_hex(entry.fields[2]);
    out += "\n";
  }
  return out;
}

std::optional<std::vector<Entry>> from_ascii(Bank bank, std::string_view text) {
  if (text.size() > kListBytesMax) return std::nullopt;
  std::vector<Entry> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || out.size() == kEntriesMax) return std::nullopt;
    auto entry = entry_from(bank, text.substr(0, end));
    if (!entry) return std::nullopt;
    out.push_back(std::move(*entry));
    text.remove_prefix(end + 1);
  }
  return out;
}

base::Bytes to_binary(const std::vector<Entry>& entries) {
  base::Bytes out;
  for (const auto& entry : entries) {
    base::append_le(out, std::uint32_t{entry.pcr});
    base::append(out, entry.digest);
    base::append_le(out, static_cast<std::uint32_t>(entry.name.size()));
    base::append(out, base::view_of(entry.name));
    const auto data = template_data(entry);
    base::append_le(out, static_cast<std::uint32_t>(data.size()));
    base::append(out, data);
  }
  return out;
}

std::optional<std::vector<Entry>> from_binary(Bank bank, base::View in) {
  if (in.size() > kListBytesMax) return std::nullopt;
  std::vector<Entry> out;
  while (!in.empty()) {
    Entry entry;
    const auto pcr = take_word(in);
    const auto digest = take(in, digest_bytes(bank));
    const auto name = digest ? take_field(in, kNameBytesMax) : std::nullopt;
    auto data = name ? take_field(in, kFieldBytesMax) : std::nullopt;
    if (!pcr || *pcr > 23 || !data || out.size() == kEntriesMax) return std::nullopt;
    entry.pcr = *pcr, entry.digest = base::bytes_of(*digest), entry.name = base::text_of(*name);
    while (!data->empty()) {
      const auto field = take_field(*data, kFieldBytesMax);
      if (!field) return std::nullopt;
      entry.fields.push_back(base::bytes_of(*field));
    }
    const auto wanted = fields_of(entry.name);
    if (wanted == 0 || (!entry.fields.empty() && entry.fields.size() != wanted)) return std::nullopt;
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace ima
