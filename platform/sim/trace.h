#pragma once
// What happened in a world, as fixed-size records that are formatted on demand. Equal runs have equal bytes(), and bytes that
// are read back give the same trace.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/sim/time.h"

namespace sim {

using TextId = std::uint32_t;    // of an interned string; 0 is the empty one

// In files: these fields in this order, little-endian.
struct Record {
  Time at = 0;
  std::uint64_t sequence = 0;    // position in the trace
  TextId actor = 0;
  TextId verb = 0;
  TextId text = 0;
  std::uint32_t flags = 0;       // the verb's
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
  std::uint64_t d = 0;
  bool operator==(const Record&) const = default;
};
static_assert(sizeof(Record) == 64);

inline constexpr std::uint64_t kTraceRecordsMax = 50'000'000;    // "trace.records_max": 3.2 GB

// Why bytes are no trace, and where in them that shows.
struct TraceError {
  std::size_t offset = 0;
  std::string what;
};

class Trace {
 public:
  explicit Trace(std::uint64_t records_max = kTraceRecordsMax);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  TextId intern(std::string_view text);
  std::string_view text(TextId id) const;    // "?" for a stranger

  // `record.sequence` is filled in. Beyond trace.records_max records are counted and lost.
  void add(Record record);
  // Whether the next record will be lost: then nothing need be interned for it.
  bool full() const { return size_ >= records_max_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t lost() const { return lost_; }
  const Record& at(std::uint64_t sequence) const;

  // "        12.000500 us  gpu0  doe.send  ...": the time, the actor and the phrase.
  std::string format(const Record& record) const;
  // The verb's text, in which {a} {b} {c} {d} stand for decimals, {a:x} and so on for hexadecimals, {text} for the text. A
  // verb that places no text has it appended.
  std::string phrase(const Record& record) const;

  // Little-endian: magic "GLACISTR", version (32 bits), number of strings (32), of records (64) and of lost records (64); each
  // string as its size (32) and its bytes, the empty one first; then the records.
  base::Bytes bytes() const;
  // Makes a fresh trace what `bytes` hold. Refuses bytes that no trace's bytes() gave; the trace is then good for nothing.
  std::optional<TraceError> read(base::View bytes);

 private:
  static constexpr std::size_t kChunkRecords = 4096;
  std::uint64_t records_max_;
  std::uint64_t size_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<std::vector<Record>> chunks_;    // all but the last hold kChunkRecords
  std::deque<std::string> strings_;
  std::unordered_map<std::string_view, TextId> ids_;    // views into strings_; looked up, never walked
};

}  // namespace sim
