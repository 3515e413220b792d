#include "platform/sim/trace.h"

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "platform/base/check.h"

namespace sim {
namespace {

constexpr std::string_view kMagic = "GLACISTR";
constexpr std::uint32_t kVersion = 1;
// Room in the first chunk, which then grows: most traces end long before it is full.
constexpr std::size_t kFirstRecords = 64;
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
  if (chunks_.empty()) chunks_.emplace_back().reserve(kFirstRecords);
  else if (chunks_.back().size() == kChunkRecords) chunks_.emplace_back().reserve(kChunkRecords);
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
  return line + phrase(record);
}

std::string Trace::phrase(const Record& record) const {
  std::string line;
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
  base::append_le<std::uint64_t>(out, lost_);
  for (const std::string& string : strings_) {
    base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(string.size()));
    base::append(out, base::view_of(string));
  }
  for (const std::vector<Record>& chunk : chunks_) {
    base::append(out, {reinterpret_cast<const std::uint8_t*>(chunk.data()), chunk.size() * sizeof(Record)});
  }
  return out;
}

std::optional<TraceError> Trace::read(base::View bytes) {
  constexpr std::size_t kHeaderBytes = 32;
  base::check(size_ == 0 && lost_ == 0 && strings_.size() == 1, "bytes are read into a fresh trace");
  const auto cut = [&] { return TraceError{bytes.size(), "the file is cut short"}; };
  const auto magic = bytes.first(std::min(bytes.size(), kMagic.size()));
  if (base::text_of(magic) != kMagic.substr(0, magic.size())) return TraceError{0, "no trace begins so"};
  if (bytes.size() < kHeaderBytes) return cut();
  if (const auto version = base::load_le<std::uint32_t>(bytes, 8); version != kVersion)
    return TraceError{8, "version " + number(version, false) + "; this program reads version " + number(kVersion, false)};
  const auto strings_count = base::load_le<std::uint32_t>(bytes, 12);
  const auto records_count = base::load_le<std::uint64_t>(bytes, 16);
  if (strings_count == 0) return TraceError{12, "there is always one string, the empty one"};
  if (records_count > records_max_) return TraceError{16, "more than " + number(records_max_, false) + " records"};
  lost_ = base::load_le<std::uint64_t>(bytes, 24);
  if (lost_ != 0 && records_count == 0) return TraceError{24, "records are lost only behind others"};
  std::size_t at = kHeaderBytes;
  for (std::uint32_t i = 0; i < strings_count; ++i) {
    if (bytes.size() - at < 4) return cut();
    const std::size_t length = base::load_le<std::uint32_t>(bytes, at);
    if (i == 0 && length != 0) return TraceError{at, "the first string is the empty one"};
    if (bytes.size() - at - 4 < length) return cut();
    if (i != 0 && intern(base::text_of(bytes.subspan(at + 4, length))) != i) return TraceError{at, "this string stands here twice"};
    at += 4 + length;
  }
  if ((bytes.size() - at) / sizeof(Record) < records_count) return cut();
  for (std::uint64_t i = 0; i < records_count; ++i, at += sizeof(Record)) {
    Record record;
    std::memcpy(&record, bytes.data() + at, sizeof(Record));
    if (record.sequence != i) return TraceError{at + offsetof(Record, sequence), "the record's number is not its place"};
    if (record.actor >= strings_count || record.verb >= strings_count || record.text >= strings_count)
      return TraceError{at + offsetof(Record, actor), "the record names a string that is not there"};
    add(record);
  }
  if (at != bytes.size()) return TraceError{at, "bytes behind the last record"};
  return std::nullopt;
}

}  // namespace sim
