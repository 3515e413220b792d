#pragma once
// The Secure EPT of one TD: where its private addresses lead. Four levels; the top one is part of the TD's control pages. Only the TDX
// module writes it.
//
// Promise: an entry below another is reached only while the one above maps it.
//
// simplified: the entries are kept by the model, its pages in memory hold zeroes that only a walk looks at, for poison; leaves map 4 KiB.
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "platform/protocol/tdx/seamcall.h"

namespace tdx {

using tdxproto::SeptState;

inline constexpr unsigned kSeptTopLevel = 3;

struct SeptEntry {
  SeptState state = SeptState::kFree;
  std::uint64_t hpa = 0;  // of the page, or of the table below
  friend bool operator==(const SeptEntry&, const SeptEntry&) = default;
};

constexpr bool is_leaf(SeptState s) { return s != SeptState::kNlMapped && s != SeptState::kNlBlocked; }
constexpr bool is_blocked(SeptState s) {
  return s == SeptState::kBlocked || s == SeptState::kPendingBlocked || s == SeptState::kNlBlocked;
}
constexpr bool is_pending(SeptState s) { return s == SeptState::kPending || s == SeptState::kPendingBlocked; }
// Device memory, which is no page of the TD's.
constexpr bool is_mmio(SeptState s) { return s == SeptState::kMmioMapped || s == SeptState::kMmioBlocked || s == SeptState::kMmioPending; }
SeptState blocked(SeptState state);
SeptState unblocked(SeptState state);

class SecureEpt {
 public:
  struct Walk {
    bool reached = false;  // the level asked for; else `level` is where it ended
    unsigned level = 0;
    SeptEntry entry{};
  };
  Walk walk(std::uint64_t gpa, unsigned level) const;
  // Where the processor gets for a 4 KiB page; kFree where some table is missing or blocked.
  SeptEntry leaf(std::uint64_t gpa) const;
  // Where in memory a walk to that page reads its entries, from the top; those of the top level are the TD's control pages.
  std::vector<std::uint64_t> walked(std::uint64_t gpa) const;
  void set(std::uint64_t gpa, unsigned level, const SeptEntry& entry);
  // Entries below one of level 1 or more that are not free.
  bool empty_below(std::uint64_t gpa, unsigned level) const;

  // By level, then address: what is not free, for whoever draws it.
  const std::map<std::pair<unsigned, std::uint64_t>, SeptEntry>& entries() const { return entries_; }

 private:
  std::map<std::pair<unsigned, std::uint64_t>, SeptEntry> entries_;
};

}  // namespace tdx
