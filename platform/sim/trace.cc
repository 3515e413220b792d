#include "platform/sim/trace.h"

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "platform/base/check.h"
#include "platform/base/user_error.h"

namespace sim {
namespace {

constexpr std::string_view kMagic = "GLACISTR";
constexpr std::uint32_t kVersion = 1;
// Records are copied whole.
static_assert(std::endian::native == std::endian::little);

std::string number(std::uint64_t value, bool hexadecimal) {
  char text[24];
  std::snprintf(text, sizeof(text), hexadecimal ? "0x%" PRIx64 : "%" PRIu64, value);
  return text;
}

}  // namespace

Trace::Trace(std::uint64_t records_max) : records_max_(records_max) { intern(""); }

TextId Trace::intern(std::string_view text) {
  if (auto known = ids_.find(text); known != ids_.end()) return known->second;
  const TextId id = static_cast<TextId>(strings_.size());
  strings_.emplace_back(text);
  ids_.emplace(strings_.back(), id);
  return id;
}

std::string_view Trace::text(TextId id) const { return id < strings_.size() ? std::string_view(strings_[id]) : "?"; }

void Trace::add(Record record) {
  if (size_ == records_max_) {
    ++lost_;
    return;
  }
  record.sequence = size_++;
  if (chunks_.empty() || chunks_.back().size() == kChunkRecords) chunks_.emplace_back().reserve(kChunkRecords);
  chunks_.back().push_back(record);
}

const Record& Trace::at(std::uint64_t sequence) const {
  base::check(sequence < size_, "a record that is looked at exists");
  return chunks_[sequence / kChunkRecords][sequence % kChunkRecords];
}

std::string Trace::format(const Record& record) const {
  char clock[48];
  std::snprintf(clock, sizeof(clock), "%9" PRIu64 ".%06" PRIu64 " us  ", record.at / kMicrosecond,
                record.at % kMicrosecond);
  std::string line = clock;
  line += text(record.actor);
  line += "  ";
  const std::string_view verb = text(record.verb);
  bool text_placed = false;
  for (std::size_t i = 0; i < verb.size(); ++i) {
    const std::size_t close = verb[i] == '{' ? verb.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      line += verb[i];
      continue;
    }
    std::string_view what = verb.substr(i + 1, close - i - 1);
    const bool hexadecimal = what.ends_with(":x");
    if (hexadecimal) what.remove_suffix(2);
    if (what == "text") {
      line += text(record.text);
      text_placed = true;
    } else if (what.size() == 1 && what[0] >= 'a' && what[0] <= 'd') {
      const std::uint64_t numbers[] = {record.a, record.b, record.c, record.d};
      line += number(numbers[what[0] - 'a'], hexadecimal);
    } else {
      line += verb.substr(i, close - i + 1);
    }
    i = close;
  }
  if (!text_placed && record.text != 0) {
    line += "  ";
    line += text(record.text);
  }
  return line;
}

base::Bytes Trace::bytes() const {
  base::Bytes out = base::bytes_of(kMagic);
  base::append_le<std::uint32_t>(out, kVersion);
  base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(strings_.size()));
  base::append_le<std::uint64_t>(out, size_);
  for (const std::string& string : strings_) {
    base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(string.size()));
    base::append(out, base::view_of(string));
  }
  for (const std::vector<Record>& chunk : chunks_) {
    base::append(out, {reinterpret_cast<const std::uint8_t*>(chunk.data()), chunk.size() * sizeof(Record)});
  }
  return out;
}

void Trace::write(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const base::Bytes all = bytes();
  file.write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
  file.close();
  if (!file) throw base::UserError(path + ": cannot write the trace");
}

std::optional<std::vector<Record>> Trace::read(base::View bytes, std::vector<std::string>& strings) {
  strings.clear();
  if (bytes.size() < 24 || base::text_of(bytes.first(8)) != kMagic) return std::nullopt;
  if (base::load_le<std::uint32_t>(bytes, 8) != kVersion) return std::nullopt;
  const auto strings_count = base::load_le<std::uint32_t>(bytes, 12);
  const auto records_count = base::load_le<std::uint64_t>(bytes, 16);
  bytes = bytes.subspan(24);
  for (std::uint32_t i = 0; i < strings_count; ++i) {
    if (bytes.size() < 4) return std::nullopt;
    const auto length = base::load_le<std::uint32_t>(bytes);
    bytes = bytes.subspan(4);
    if (bytes.size() < length) return std::nullopt;
    strings.push_back(base::text_of(bytes.first(length)));
    bytes = bytes.subspan(length);
  }
  if (bytes.size() % sizeof(Record) != 0 || bytes.size() / sizeof(Record) != records_count) return std::nullopt;
  std::vector<Record> records(records_count);
  if (!records.empty()) std::memcpy(records.data(), bytes.data(), bytes.size());
  for (std::uint64_t i = 0; i < records_count; ++i) {
    const Record& record = records[i];
    if (record.sequence != i) return std::nullopt;
    if (record.actor >= strings_count || record.verb >= strings_count || record.text >= strings_count) {
      return std::nullopt;
    }
  }
  return records;
}

}  // namespace sim
