#include "tsm/cove/tracking.h"

namespace cove {

PageEntry MemoryTracking::entry(std::uint64_t spa) const {
  const auto found = entries_.find(spa);
  return found == entries_.end() ? PageEntry{} : found->second;
}

void MemoryTracking::convert(std::uint64_t spa) {
  entries_[spa] = {PageState::kConverting, PageUse::kNone, 0};
  for (auto& hart : stale_) hart.insert(spa);
}

void MemoryTracking::global_fence(std::uint32_t hart) {
  for (const auto& [spa, entry] : entries_)
    if (entry.state == PageState::kConverting) fenced_.insert(spa);
  for (std::uint32_t other = 0; other < harts(); ++other) waiting_.insert(other);
  local_fence(hart);
}

void MemoryTracking::local_fence(std::uint32_t hart) {
  if (!fencing()) return;
  flush(hart);
  waiting_.erase(hart);
  if (fencing()) return;
  for (const std::uint64_t spa : fenced_)
    if (const auto found = entries_.find(spa); found != entries_.end() && found->second.state == PageState::kConverting) release(spa);
  fenced_.clear();
}

void MemoryTracking::flush(std::uint32_t hart) {
  if (hart >= stale_.size()) return;
  for (const std::uint64_t spa : fenced_) stale_[hart].erase(spa);
}

}  // namespace cove
