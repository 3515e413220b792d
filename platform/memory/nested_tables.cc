#include "platform/memory/nested_tables.h"

namespace memory {
namespace {

constexpr std::uint64_t first_of(std::uint64_t address, PageSize size) { return address & ~(bytes_of(size) - 1); }

}  // namespace

void NestedTables::map(std::uint64_t gpa, std::uint64_t spa, bool writable, PageSize size) {
  const std::uint64_t first = first_of(gpa, size);
  unmap(gpa, size);
  auto& level = size == PageSize::k4K ? small_ : large_;
  level[first] = {.spa = first_of(spa, size), .writable = writable};
}

void NestedTables::unmap(std::uint64_t gpa, PageSize size) {
  if (size == PageSize::k4K) {
    split(gpa);
    small_.erase(first_of(gpa, size));
    return;
  }
  const std::uint64_t first = first_of(gpa, size);
  large_.erase(first);
  auto entry = small_.lower_bound(first);
  while (entry != small_.end() && entry->first - first < bytes_of(size)) entry = small_.erase(entry);
}

void NestedTables::split(std::uint64_t gpa) {
  const auto leaf = large_.extract(first_of(gpa, PageSize::k2M));
  if (leaf.empty()) return;
  for (std::uint64_t offset = 0; offset < bytes_of(PageSize::k2M); offset += bytes_of(PageSize::k4K))
    small_[leaf.key() + offset] = {.spa = leaf.mapped().spa + offset, .writable = leaf.mapped().writable};
}

std::optional<Translation> NestedTables::translate(std::uint64_t gpa) const {
  for (const auto size : {PageSize::k4K, PageSize::k2M}) {
    const auto& level = size == PageSize::k4K ? small_ : large_;
    const auto entry = level.find(first_of(gpa, size));
    if (entry == level.end()) continue;
    const auto& [first, leaf] = *entry;
    return Translation{.spa = leaf.spa + (gpa - first), .writable = leaf.writable, .size = size};
  }
  return std::nullopt;
}

}  // namespace memory
