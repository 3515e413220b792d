#pragma once
// A monotone radix heap: entries leave in order of (time, insertion). Nothing may be pushed before the time of the last
// entry popped, which holds for every discrete-event simulation.
//
// An entry lies in the bucket named by the highest hexadecimal digit in which its time differs from the last time
// popped, and by that digit's value. Equal times therefore always share a bucket, and since buckets are emptied front
// to back they stay in the order of insertion: no sequence number is stored.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "platform/sim/time.h"

namespace sim {

class EventQueue {
 public:
  // `what` is a tagged pointer: the low three bits are the owner's. The rest is prefetched shortly before it is due.
  struct Entry {
    Time at;
    std::uintptr_t what;
  };
  static_assert(sizeof(Entry) == 16);

  // `at` must not lie before the last entry popped.
  void push(Time at, std::uintptr_t what) {
    place({at, what});
    ++size_;
  }

  // Takes the first entry into `entry` unless the queue is empty or its first entry lies after `limit`; then nothing
  // changes, and times up to `limit` can still be pushed.
  bool pop(Time limit, Entry& entry) {
    if (due_.empty() && !refill(limit)) return false;
    if (last_ > limit) return false;
    entry = due_[head_++];
    --size_;
    if (head_ == due_.size()) {
      due_.clear();
      head_ = 0;
    }
    return true;
  }

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
  static constexpr std::size_t kPrefetchBucketMax = 64;

  void place(const Entry& entry) {
    const Time differs = entry.at ^ last_;
    if (differs == 0) {
      due_.push_back(entry);
      return;
    }
    const unsigned level = (static_cast<unsigned>(std::bit_width(differs)) - 1) / kDigitBits;
    const unsigned digit = static_cast<unsigned>(entry.at >> (level * kDigitBits)) % kDigits;
    buckets_[level * kDigits + digit].push_back(entry);
    digits_[level] |= static_cast<std::uint16_t>(1u << digit);
    levels_ |= 1u << level;
  }

  // Moves the lowest filled bucket down to the time of its first entry.
  bool refill(Time limit) {
    if (levels_ == 0) return false;
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const auto digit = static_cast<unsigned>(std::countr_zero(digits_[level]));
    std::vector<Entry>& from = buckets_[level * kDigits + digit];
    Time first = from[0].at;
    for (const Entry& entry : from) first = entry.at < first ? entry.at : first;
    if (first > limit) return false;
    last_ = first;
    digits_[level] &= static_cast<std::uint16_t>(digits_[level] - 1);
    if (digits_[level] == 0) levels_ &= levels_ - 1;
    const bool soon = from.size() <= kPrefetchBucketMax;
    for (const Entry& entry : from) {
      place(entry);
      if (soon) __builtin_prefetch(reinterpret_cast<const void*>(entry.what & ~std::uintptr_t{7}));
    }
    from.clear();
    return true;
  }

  std::array<std::vector<Entry>, kLevels * kDigits> buckets_;
  std::array<std::uint16_t, kLevels> digits_{};    // bit d: bucket (level, d) holds something
  std::uint32_t levels_ = 0;                       // bit l: some bucket of level l does
  std::vector<Entry> due_;                         // from head_ on, all at last_
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  Time last_ = 0;
};

}  // namespace sim
