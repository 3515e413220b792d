#include "tsm/cove/regions.h"

#include <iterator>

namespace cove {

std::optional<Region> Regions::at(std::uint64_t gpa) const {
  auto next = runs_.upper_bound(gpa);
  if (next == runs_.begin()) return std::nullopt;
  const auto& [first, run] = *std::prev(next);
  return gpa < run.end ? std::optional(run.kind) : std::nullopt;
}

bool Regions::all(std::uint64_t gpa, std::uint64_t count, Region kind) const {
  const std::uint64_t end = gpa + count;
  auto next = runs_.upper_bound(gpa);
  if (next == runs_.begin()) return false;
  std::uint64_t reached = gpa;
  for (auto run = std::prev(next); run != runs_.end() && reached < end; ++run) {
    if (run->first > reached || run->second.end <= reached || run->second.kind != kind) return false;
    reached = run->second.end;
  }
  return reached >= end;
}

bool Regions::none(std::uint64_t gpa, std::uint64_t count) const {
  const auto next = runs_.lower_bound(gpa);
  if (next != runs_.end() && next->first < gpa + count) return false;
  return next == runs_.begin() || std::prev(next)->second.end <= gpa;
}

// Afterwards no run crosses that address.
void Regions::split(std::uint64_t at) {
  auto next = runs_.upper_bound(at);
  if (next == runs_.begin()) return;
  auto run = std::prev(next);
  if (run->first == at || run->second.end <= at) return;
  runs_[at] = run->second;
  run->second.end = at;
}

void Regions::erase(std::uint64_t gpa, std::uint64_t count) {
  split(gpa), split(gpa + count);
  runs_.erase(runs_.lower_bound(gpa), runs_.lower_bound(gpa + count));
}

void Regions::set(std::uint64_t gpa, std::uint64_t count, Region kind) {
  erase(gpa, count);
  auto run = runs_.insert({gpa, {gpa + count, kind}}).first;
  if (const auto next = std::next(run); next != runs_.end() && next->first == run->second.end && next->second.kind == kind) {
    run->second.end = next->second.end;
    runs_.erase(next);
  }
  if (run == runs_.begin()) return;
  const auto before = std::prev(run);
  if (before->second.end != run->first || before->second.kind != kind) return;
  before->second.end = run->second.end;
  runs_.erase(run);
}

}  // namespace cove
