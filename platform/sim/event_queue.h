#pragma once
// A monotone radix heap with a short sorted front: entries leave in order of (time, insertion). Nothing may be pushed
// before the time of the last entry popped, which holds for every discrete-event simulation.
//
// All entries up to the time `through_` lie sorted in `due_`. A later one lies in the bucket named by the highest
// hexadecimal digit in which its time differs from `through_`, and by that digit's value. Equal times therefore always
// share a place, and every place keeps the order of insertion: no sequence number is stored. When the front is empty,
// the lowest bucket is sorted into it if it is small, and split over lower buckets if not.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "platform/sim/time.h"

namespace sim {

//
// Plain, it is one sorted list, into which each entry goes behind all that are not later: slow, and of the same order.
class EventQueue {
 public:
  enum class Form { kFast, kPlain };
  explicit EventQueue(Form form = Form::kFast) : plain_(form == Form::kPlain), through_(plain_ ? kNever : 0) {}

  // `what` is a tagged pointer: the low three bits are the owner's. The rest is prefetched shortly before it is due.
  struct Entry {
    Time at;
    std::uintptr_t what;
  };
  static_assert(sizeof(Entry) == 16);

  // `at` must not lie before the last entry popped.
  void push(Time at, std::uintptr_t what) {
    ++size_;
    if (at > through_) {
      place({at, what});
    } else {
      insert_due({at, what});
    }
  }

  // Takes the first entry into `entry` unless the queue is empty or its first entry lies after `limit`; then nothing
  // changes, and times up to `limit` can still be pushed.
  bool pop(Time limit, Entry& entry) {
    if (due_.empty() && !refill(limit)) return false;
    if (due_[head_].at > limit) return false;
    entry = due_[head_++];
    --size_;
    if (head_ == due_.size()) {
      due_.clear();
      head_ = 0;
    }
    return true;
  }

  // The entry that pop would give next, when that is known without work; else null.
  const Entry* find_next() const { return due_.empty() ? nullptr : &due_[head_]; }

  void clear() {
    for (std::vector<Entry>& bucket : buckets_) bucket.clear();
    due_.clear();
    head_ = 0;
    levels_ = 0;
    digits_.fill(0);
    size_ = 0;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr unsigned kDigitBits = 4;
  static constexpr unsigned kDigits = 1u << kDigitBits;
  static constexpr unsigned kLevels = 64 / kDigitBits;
  static constexpr std::size_t kSortMax = 32;     // a larger bucket is split
  static constexpr std::size_t kShiftMax = 64;    // what an insertion into the front may move

  void place(const Entry& entry) {
    const auto level = (static_cast<unsigned>(std::bit_width(entry.at ^ through_)) - 1) / kDigitBits;
    const auto digit = static_cast<unsigned>(entry.at >> (level * kDigitBits)) % kDigits;
    buckets_[level * kDigits + digit].push_back(entry);
    digits_[level] |= static_cast<std::uint16_t>(1u << digit);
    levels_ |= 1u << level;
  }

  void insert_due(const Entry& entry) {
    std::size_t at = due_.size();
    while (at > head_ && due_[at - 1].at > entry.at) --at;
    if (due_.size() - at > kShiftMax && !plain_) return spill(entry);
    due_.insert(due_.begin() + static_cast<std::ptrdiff_t>(at), entry);
  }

  // Shortens a front that has grown to its first time. At least half of what moves was pushed since the last refill, so
  // this costs each push a constant.
  void spill(const Entry& entry) {
    const std::vector<Entry> front(due_.begin() + static_cast<std::ptrdiff_t>(head_), due_.end());
    through_ = std::min(front[0].at, entry.at);
    due_.clear();
    head_ = 0;
    for (const Entry& old : front) place_or_due(old);
    place_or_due(entry);
  }

  void place_or_due(const Entry& entry) {
    if (entry.at == through_) {
      due_.push_back(entry);
    } else {
      place(entry);
    }
  }

  // Fills the front from the lowest filled bucket, unless all of that lies after `limit`. A bucket's times agree with
  // `through_` in all digits above its level, and so do those in the buckets above: `through_` may be any of its times.
  bool refill(Time limit) {
    if (levels_ == 0) return false;
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const auto digit = static_cast<unsigned>(std::countr_zero(digits_[level]));
    std::vector<Entry>& from = buckets_[level * kDigits + digit];
    Time first = from[0].at;
    for (const Entry& entry : from) first = std::min(first, entry.at);
    if (first > limit) return false;
    digits_[level] &= static_cast<std::uint16_t>(digits_[level] - 1);
    if (digits_[level] == 0) levels_ &= levels_ - 1;
    if (from.size() <= kSortMax) {
      through_ = first | ((Time{1} << (level * kDigitBits)) - 1);
      for (const Entry& entry : from) {
        __builtin_prefetch(reinterpret_cast<const void*>(entry.what & ~std::uintptr_t{7}));
        insert_due(entry);
      }
    } else {
      through_ = first;
      for (const Entry& entry : from) place_or_due(entry);
    }
    from.clear();
    return true;
  }

  std::array<std::vector<Entry>, kLevels * kDigits> buckets_;
  std::array<std::uint16_t, kLevels> digits_{};    // bit d: bucket (level, d) holds something
  std::uint32_t levels_ = 0;                       // bit l: some bucket of level l does
  std::vector<Entry> due_;                         // from head_ on, sorted
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  bool plain_;
  Time through_;
};

}  // namespace sim
