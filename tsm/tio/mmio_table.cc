#include "tsm/tio/mmio_table.h"

#include "tsm/tio/mmio_rules.h"

namespace tio {

namespace {
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }
}  // namespace

MmioPage MmioTable::page(std::uint64_t spa) const {
  const auto known = pages_.find(page_of(spa));
  return known == pages_.end() ? MmioPage{} : known->second;
}

trust::Result<> MmioTable::assign(std::uint64_t spa, std::uint32_t owner, std::uint64_t gpa) {
  if (auto no = defences_.first_refusal<AssignCase>(kAssignRules, AssignCase{!page(spa).immutable}, at_)) return *no;
  if (owner == 0) pages_.erase(page_of(spa));
  else pages_[page_of(spa)] = {.owner = owner, .gpa = page_of(gpa)};
  return trust::ok();
}

// A device may report more pages than anybody could walk.
template <class Visit>
void MmioTable::each(std::uint64_t spa, std::uint64_t pages, Visit visit) {
  const std::uint64_t first = page_of(spa);
  for (auto page = pages_.lower_bound(first); page != pages_.end() && (page->first - first) / kPage < pages; ++page) visit(page->second);
}

void MmioTable::freeze(std::uint64_t spa, bool immutable, std::uint64_t pages) {
  each(spa, pages, [immutable](MmioPage& page) { page.immutable = immutable; });
}

void MmioTable::validate(std::uint64_t spa, bool validated, std::uint64_t pages) {
  each(spa, pages, [validated](MmioPage& page) { page.validated = validated; });
}

void MmioTable::forget(std::uint32_t owner) {
  std::erase_if(pages_, [owner](const auto& page) { return page.second.owner == owner; });
}

trust::Result<> MmioTable::check(std::uint32_t owner, std::uint64_t gpa, std::uint64_t spa) const {
  const MmioPage found = page(spa);
  const MmioCase c{.is_own = found.owner == owner, .is_there = found.gpa == page_of(gpa), .is_validated = found.validated};
  if (auto no = defences_.first_refusal<MmioCase>(kMmioRules, c, at_)) return *no;
  return trust::ok();
}

std::vector<const trust::Defence*> mmio_defences() {
  std::vector<const trust::Defence*> out;
  for (const auto& rule : kAssignRules) out.push_back(&rule.defence);
  for (const auto& rule : kMmioRules) out.push_back(&rule.defence);
  return out;
}

}  // namespace tio
