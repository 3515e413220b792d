#pragma once
// The physical address metadata table: for each 4 KiB page that the TDX module may use, what it is used for, by which TD, and when
// its mapping was blocked.
//
// Promise: a page has one use and one owner at a time; what is not given to the module by then is nobody's to name.
//
// simplified: the table is kept by the model and not in system memory; entries are of 4 KiB.
#include <cstdint>
#include <map>

#include "platform/protocol/tdx/seamcall.h"

namespace tdx {

using tdxproto::PageType;

struct PamtEntry {
  PageType type = PageType::kNda;
  std::uint64_t owner = 0;   // address of the TD's root page; 0 for a root page itself
  std::uint64_t bepoch = 0;  // the TD's epoch when the mapping was blocked
  friend bool operator==(const PamtEntry&, const PamtEntry&) = default;
};

class Pamt {
 public:
  // Pages of [first, end) become usable (TDH.SYS.TDMR.INIT).
  void cover(std::uint64_t first, std::uint64_t end) { first_ = first, end_ = end; }
  bool covers(std::uint64_t hpa) const { return hpa >= first_ && hpa < end_; }
  // Outside of what is covered every page is reserved.
  PamtEntry entry(std::uint64_t hpa) const;
  void give(std::uint64_t hpa, PageType type, std::uint64_t owner) { entries_[hpa] = {type, owner, 0}; }
  void block(std::uint64_t hpa, std::uint64_t epoch) { entries_[hpa].bepoch = epoch; }
  void free(std::uint64_t hpa) { entries_.erase(hpa); }
  // What is in use, by ascending address.
  const std::map<std::uint64_t, PamtEntry>& entries() const { return entries_; }

 private:
  std::uint64_t first_ = 0, end_ = 0;
  std::map<std::uint64_t, PamtEntry> entries_;
};

}  // namespace tdx
