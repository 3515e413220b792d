#include "platform/pcie/iommu.h"

#include "platform/pcie/iommu_rules.h"

namespace pcie {
namespace {

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(tlp::kPage - 1); }

}  // namespace

void Iommu::map(IommuTable table, tlp::RequesterId requester, std::uint64_t iova, std::uint64_t address,
                bool writable) {
  const Page page{page_of(address), writable};
  auto& pages = tables_[{table, requester}];
  const auto before = pages.find(page_of(iova));
  const bool differs = before != pages.end() && (before->second.address != page.address || (before->second.writable && !writable));
  pages.insert_or_assign(page_of(iova), page);
  if (differs) take_back(table, requester, page_of(iova));
}

// After the table was changed: what the function asks for from now on is answered by it.
void Iommu::take_back(IommuTable table, tlp::RequesterId requester, std::optional<std::uint64_t> page) {
  if (!invalidate_ || !may_translate(requester)) return;
  if (defences_.refuse_unless(kConfirmed, invalidate_(table, requester, page), at_)) may_translate_.erase(requester);
}

void Iommu::unmap(IommuTable table, tlp::RequesterId requester, std::uint64_t iova) {
  auto it = tables_.find({table, requester});
  if (it != tables_.end() && it->second.erase(page_of(iova)) > 0) take_back(table, requester, page_of(iova));
}

void Iommu::clear(IommuTable table, tlp::RequesterId requester) {
  if (tables_.erase({table, requester}) > 0) take_back(table, requester, std::nullopt);
}

void Iommu::unbind(tlp::RequesterId requester) {
  bound_.erase(requester);
  clear(IommuTable::kTrusted, requester);
}

void Iommu::allow_translated(tlp::RequesterId requester, bool allowed) {
  if (allowed) may_translate_.insert(requester);
  else may_translate_.erase(requester);
}

void Iommu::lead(tlp::RequesterId requester, Walk walk) {
  if (walk) walks_[requester] = std::move(walk);
  else walks_.erase(requester);
}

std::optional<Iommu::Page> Iommu::find(tlp::RequesterId requester, std::uint64_t address, bool trusted) const {
  const auto table = tables_.find({trusted ? IommuTable::kTrusted : IommuTable::kHost, requester});
  std::optional<Page> in_table;
  if (table != tables_.end())
    if (const auto page = table->second.find(page_of(address)); page != table->second.end()) in_table = page->second;
  const auto walk = walks_.find(requester);
  if (!trusted || walk == walks_.end()) return in_table;
  const auto there = walk->second(page_of(address), in_table ? std::optional(in_table->address) : std::nullopt);
  return there ? std::optional(Page{page_of(*there), true}) : std::nullopt;
}

// What is not mapped is answered too: the function may not go there (PCIe 6.0, 10.2.3).
trust::Result<ats::Entry> Iommu::answer(tlp::RequesterId requester, std::uint64_t address, bool trusted) {
  if (defences_.refuse_unless(kAtsAllowed, may_translate(requester), at_)) return trust::Refusal{&kAtsAllowed};
  const auto page = find(requester, address, trusted);
  return page ? ats::Entry{page->address, true, page->writable} : ats::Entry{};
}

// A lifted check leaves the address as the device gave it, as without an IOMMU.
trust::Result<Translation> Iommu::translate(const DmaRequest& request) {
  const auto page = find(request.requester, request.address, request.trusted);
  auto bound = bound_.find(request.requester);
  DmaCase c{.request = request,
            .bound = bound != bound_.end(),
            .may_translate = may_translate_.count(request.requester) > 0,
            .mapped = page.has_value(),
            .writable = page && page->writable};
  if (auto no = defences_.first_refusal<DmaCase>(kDmaRules, c, at_)) return *no;
  Translation out{.address = request.address, .trusted = request.trusted};
  if (page && !request.translated) out.address = page->address | (request.address & (tlp::kPage - 1));
  if (request.trusted && c.bound) out.owner = bound->second;
  return out;
}

}  // namespace pcie
