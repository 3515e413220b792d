#include "tsm/tdx/secure_ept.h"

namespace tdx {
namespace {

constexpr std::uint64_t first_of(std::uint64_t gpa, unsigned level) { return gpa & ~(tdxproto::bytes_of_level(level) - 1); }

}  // namespace

SeptState blocked(SeptState state) {
  switch (state) {
    case SeptState::kMapped: return SeptState::kBlocked;
    case SeptState::kPending: return SeptState::kPendingBlocked;
    case SeptState::kNlMapped: return SeptState::kNlBlocked;
    default: return state;
  }
}

SeptState unblocked(SeptState state) {
  switch (state) {
    case SeptState::kBlocked: return SeptState::kMapped;
    case SeptState::kPendingBlocked: return SeptState::kPending;
    case SeptState::kNlBlocked: return SeptState::kNlMapped;
    default: return state;
  }
}

SecureEpt::Walk SecureEpt::walk(std::uint64_t gpa, unsigned level) const {
  for (unsigned at = kSeptTopLevel;; --at) {
    const auto found = entries_.find({at, first_of(gpa, at)});
    const SeptEntry entry = found == entries_.end() ? SeptEntry{} : found->second;
    if (at == level) return {true, at, entry};
    if (entry.state != SeptState::kNlMapped) return {false, at, entry};
  }
}

SeptEntry SecureEpt::leaf(std::uint64_t gpa) const {
  const Walk found = walk(gpa, 0);
  return found.reached ? found.entry : SeptEntry{};
}

std::vector<std::uint64_t> SecureEpt::walked(std::uint64_t gpa) const {
  std::vector<std::uint64_t> at;
  for (unsigned level = kSeptTopLevel; level >= 1; --level) {
    const Walk table = walk(gpa, level);
    if (!table.reached || table.entry.state != SeptState::kNlMapped) break;
    at.push_back(table.entry.hpa + (gpa >> (3 + 9 * level) & 511) * 8);
  }
  return at;
}

void SecureEpt::set(std::uint64_t gpa, unsigned level, const SeptEntry& entry) {
  const std::pair key{level, first_of(gpa, level)};
  if (entry.state == SeptState::kFree) entries_.erase(key);
  else entries_[key] = entry;
}

bool SecureEpt::empty_below(std::uint64_t gpa, unsigned level) const {
  const std::uint64_t first = first_of(gpa, level);
  const auto next = entries_.lower_bound({level - 1, first});
  return next == entries_.end() || next->first.first != level - 1 || next->first.second - first >= tdxproto::bytes_of_level(level);
}

}  // namespace tdx
