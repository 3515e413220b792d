#pragma once
// Which pages of the system are confidential, and to whom they belong: the memory tracking table (MTT) with what a TSM keeps beside it.
// Also what each hart may still translate of pages that were converted and not fenced since: a translation that a hart made before
// outlives the change of the table.
//
// Promise: a page has one state, one use and one owner.
//
// simplified: kept by the model and not in memory; each hart is taken to have a translation of every non-confidential page.
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace cove {

using TvmId = std::uint64_t;

enum class PageState : std::uint8_t { kNonConfidential, kConverting, kUnassigned, kAssigned };
enum class PageUse : std::uint8_t { kNone, kPageDirectory, kTvmState, kVcpuState, kPageTable, kData };

struct PageEntry {
  PageState state = PageState::kNonConfidential;
  PageUse use = PageUse::kNone;
  TvmId owner = 0;
  friend bool operator==(const PageEntry&, const PageEntry&) = default;
};

class MemoryTracking {
 public:
  MemoryTracking(std::uint64_t bytes, std::uint32_t harts) : bytes_(bytes), stale_(harts) {}

  bool covers(std::uint64_t spa, std::uint64_t count = 1) const { return count <= bytes_ && spa <= bytes_ - count; }
  PageEntry entry(std::uint64_t spa) const;
  bool non_confidential(std::uint64_t spa) const { return entry(spa).state == PageState::kNonConfidential; }

  // By page address.
  void convert(std::uint64_t spa);
  void assign(std::uint64_t spa, TvmId owner, PageUse use) { entries_[spa] = {PageState::kAssigned, use, owner}; }
  void release(std::uint64_t spa) { entries_[spa] = {PageState::kUnassigned, PageUse::kNone, 0}; }
  void reclaim(std::uint64_t spa) { entries_.erase(spa); }

  // Fencing of what is being converted. It is done when every hart has had its part.
  bool fencing() const { return !waiting_.empty(); }
  void global_fence(std::uint32_t hart);
  void local_fence(std::uint32_t hart);
  // The hart can still reach the page by a translation from before its conversion.
  bool stale(std::uint32_t hart, std::uint64_t spa) const { return hart < stale_.size() && stale_[hart].contains(spa); }

  std::uint32_t harts() const { return static_cast<std::uint32_t>(stale_.size()); }
  // What is not non-confidential, by ascending address.
  const std::map<std::uint64_t, PageEntry>& entries() const { return entries_; }

 private:
  void flush(std::uint32_t hart);

  std::uint64_t bytes_;
  std::map<std::uint64_t, PageEntry> entries_;
  std::vector<std::set<std::uint64_t>> stale_;  // by hart
  std::set<std::uint64_t> fenced_;              // pages that the fence under way is about
  std::set<std::uint32_t> waiting_;             // harts whose local fence is missing
};

}  // namespace cove
