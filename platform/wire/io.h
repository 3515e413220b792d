#pragma once
// What walks over a layout: a writer that says whatever it is given, a reader that refuses whatever is not exactly
// right, and a patcher that alters one field of a value.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/wire/field.h"

namespace wire {

enum class Order : std::uint8_t { kLittle, kBig };

// The names and indices on the way to the field at hand. Names live in static storage. A layout nests no deeper than
// kStepsMax; of one that did, the steps below would go unnamed.
class Path {
 public:
  static constexpr std::size_t kNoIndex = ~std::size_t{0};
  static constexpr std::size_t kStepsMax = 16;
  void enter(std::string_view name) {
    if (depth_ < kStepsMax) steps_[depth_] = {name, kNoIndex};
    ++depth_;
  }
  void index(std::size_t i) {
    if (depth_ <= kStepsMax) steps_[depth_ - 1].index = i;
  }
  void leave() { --depth_; }
  std::string text() const;

 private:
  struct Step {
    std::string_view name;
    std::size_t index;
  };
  // Not a vector: every message that is read or written has a path, and few are asked for it.
  std::array<Step, kStepsMax> steps_;
  std::size_t depth_ = 0;
};

// A number of 1 to 8 bytes stands in memory as the wire has it, or turned round.
static_assert(std::endian::native == std::endian::little);

// What needs no names walks without them.
struct NoPath {
  void enter(std::string_view) {}
  void index(std::size_t) {}
  void leave() {}
  const char* text() const { return ""; }
};

// How long a message is when it is written.
class Counter {
 public:
  static constexpr bool kReads = false;
  [[no_unique_address]] NoPath path;
  std::size_t at() const { return at_; }
  bool number(std::uint64_t&, unsigned width, Order) { return reserved(width, false); }
  bool bytes(View value) { return reserved(value.size(), false); }
  bool reserved(std::size_t size, bool) {
    at_ += size;
    return true;
  }
  bool gap_to(std::size_t offset, bool) { return offset <= at_ || reserved(offset - at_, false); }

 private:
  std::size_t at_ = 0;
};

// Writes what `Writer` writes to zeroes that a `Counter` has counted.
class Placer {
 public:
  explicit Placer(std::uint8_t* out) : out_(out) {}
  static constexpr bool kReads = false;
  [[no_unique_address]] NoPath path;
  std::size_t at() const { return at_; }
  [[gnu::always_inline]] bool number(std::uint64_t& value, unsigned width, Order order) {
    const std::uint64_t turned = order == Order::kBig ? __builtin_bswap64(value) >> (64 - 8 * width) : value;
    std::memcpy(out_ + at_, &turned, width);
    at_ += width;
    return true;
  }
  bool bytes(View value) {
    std::copy(value.begin(), value.end(), out_ + at_);
    at_ += value.size();
    return true;
  }
  bool reserved(std::size_t size, bool) {
    at_ += size;
    return true;
  }
  bool gap_to(std::size_t offset, bool) { return offset <= at_ || reserved(offset - at_, false); }

 private:
  std::uint8_t* out_;
  std::size_t at_ = 0;
};

// Takes exactly what a strict `Reader` takes, and does not say why it refuses the rest.
class QuickReader {
 public:
  explicit QuickReader(View in) : in_(in) {}
  static constexpr bool kReads = true;
  [[no_unique_address]] NoPath path;
  std::size_t at() const { return at_; }
  std::size_t left() const { return in_.size() - at_; }
  [[gnu::always_inline]] bool number(std::uint64_t& value, unsigned width, Order order) {
    if (width > left()) return false;
    value = 0;
    std::memcpy(&value, in_.data() + at_, width);
    if (order == Order::kBig) value = __builtin_bswap64(value) >> (64 - 8 * width);
    at_ += width;
    return true;
  }
  bool bytes(std::span<std::uint8_t> value) {
    if (value.size() > left()) return false;
    std::copy_n(in_.begin() + static_cast<std::ptrdiff_t>(at_), value.size(), value.begin());
    at_ += value.size();
    return true;
  }
  bool reserved(std::size_t size, bool loose) {
    if (size > left()) return false;
    for (std::size_t i = at_; i < at_ + size && !loose; ++i)
      if (in_[i] != 0) return false;
    at_ += size;
    return true;
  }
  bool gap_to(std::size_t offset, bool loose) { return offset >= at_ && reserved(offset - at_, loose); }
  bool room(std::uint64_t count, std::size_t item_size_min) {
    return count <= left() / std::max<std::size_t>(item_size_min, 1);
  }
  bool fail(std::size_t, const char*, const char*) { return false; }
  bool finish() const { return left() == 0; }

 private:
  View in_;
  std::size_t at_ = 0;
};

// Counts are written as they stand, never derived from the items, so that a liar can lie.
class Writer {
 public:
  explicit Writer(Fields* fields = nullptr) : fields_(fields) {}
  static constexpr bool kReads = false;

  Path path;
  Bytes out;
  std::size_t at() const { return out.size(); }
  bool number(std::uint64_t& value, unsigned width, Order order);
  bool bytes(View value);
  bool reserved(std::size_t size, bool loose);
  bool gap_to(std::size_t offset, bool loose);

 private:
  void record(std::size_t size, Kind kind);
  Fields* fields_;
};

// Reads nothing past its input and allocates no more than the input could fill. The lenient mode is for whoever looks
// at bytes without believing them (printing, patching): it overlooks reserved bytes and a tail, nothing else.
class Reader {
 public:
  enum class Mode : std::uint8_t { kStrict, kLenient };
  struct Range {
    std::size_t offset, size;
  };
  explicit Reader(View in, Mode mode = Mode::kStrict, Fields* fields = nullptr)
      : in_(in), mode_(mode), fields_(fields) {}
  static constexpr bool kReads = true;

  Path path;
  std::size_t at() const { return at_; }
  std::size_t left() const { return in_.size() - at_; }
  const Error& error() const { return error_; }
  // Bytes that the layout leaves unread: they do not survive decoding.
  const std::vector<Range>& loose() const { return loose_; }

  bool number(std::uint64_t& value, unsigned width, Order order);
  bool bytes(std::span<std::uint8_t> value);
  bool reserved(std::size_t size, bool loose);
  bool gap_to(std::size_t offset, bool loose);
  // Is there input for so many items of at least so many bytes each?
  bool room(std::uint64_t count, std::size_t item_size_min);
  bool finish();
  bool fail(std::size_t offset, std::string field, std::string what);

 private:
  bool have(std::size_t size);
  void record(std::size_t size, Kind kind);
  View in_;
  std::size_t at_ = 0;
  Mode mode_;
  Fields* fields_;
  Error error_;
  std::vector<Range> loose_;
};

// Reads nothing: a walk with it leaves every field as it is and makes runs as long as their counts.
class Sizer {
 public:
  static constexpr bool kReads = true;
  static constexpr std::uint64_t kItemsMax = 0x100000;

  Path path;
  std::size_t at() const { return 0; }
  std::size_t left() const { return 0; }
  bool number(std::uint64_t&, unsigned, Order) { return true; }
  bool bytes(std::span<std::uint8_t>) { return true; }
  bool reserved(std::size_t, bool) { return true; }
  bool gap_to(std::size_t, bool) { return true; }
  bool room(std::uint64_t count, std::size_t) { return count <= kItemsMax; }
};

// Sets the one field whose full name is `target`, to a number or to bytes of the field's size.
class Patcher {
 public:
  Patcher(std::string_view target, std::uint64_t value) : target_(target), value_(value) {}
  Patcher(std::string_view target, View bytes) : target_(target), bytes_(bytes), is_number_(false) {}
  static constexpr bool kReads = false;

  Path path;
  bool hit = false;
  std::size_t at() const { return 0; }
  bool number(std::uint64_t& value, unsigned width, Order order);
  bool bytes(std::span<std::uint8_t> value);
  bool reserved(std::size_t, bool) { return true; }
  bool gap_to(std::size_t, bool) { return true; }

 private:
  std::string_view target_;
  std::uint64_t value_ = 0;
  View bytes_;
  bool is_number_ = true;
};

}  // namespace wire
