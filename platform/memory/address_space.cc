#include "platform/memory/address_space.h"

#include <algorithm>
#include <iterator>

namespace memory {
namespace {

constexpr std::uint64_t kPage = 0x1000;

}  // namespace

AddressSpace::AddressSpace(std::uint64_t bytes, Attribute initial) : bytes_(bytes), runs_{{0, initial}} {}

void AddressSpace::set(std::uint64_t gpa, std::uint64_t count, Attribute attribute) {
  if (count == 0 || gpa >= bytes_) return;
  const std::uint64_t last = gpa + std::min(count, bytes_ - gpa) - 1;
  const std::uint64_t begin = gpa / kPage * kPage;
  const std::uint64_t end = (last / kPage + 1) * kPage;  // may pass the end by part of a page, or wrap to 0

  const Attribute after = std::prev(end == 0 ? runs_.end() : runs_.upper_bound(end))->second;
  runs_.erase(runs_.lower_bound(begin), end == 0 ? runs_.end() : runs_.upper_bound(end));
  runs_[begin] = attribute;
  if (end != 0 && end < bytes_) runs_[end] = after;

  auto run = runs_.find(begin);
  if (run != runs_.begin() && std::prev(run)->second == run->second) run = std::prev(runs_.erase(run));
  const auto next = std::next(run);
  if (next != runs_.end() && next->second == run->second) runs_.erase(next);
}

AddressSpace::Attribute AddressSpace::at(std::uint64_t gpa) const {
  return contains(gpa) ? std::prev(runs_.upper_bound(gpa))->second : Attribute::kShared;
}

}  // namespace memory
