#include "platform/pcie/iommu.h"

#include "platform/pcie/iommu_rules.h"

namespace pcie {
namespace {

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(tlp::kPage - 1); }

}  // namespace

void Iommu::map(IommuTable table, tlp::RequesterId requester, std::uint64_t iova, std::uint64_t address,
                bool writable) {
  tables_[{table, requester}][page_of(iova)] = {page_of(address), writable};
}

void Iommu::unmap(IommuTable table, tlp::RequesterId requester, std::uint64_t iova) {
  auto it = tables_.find({table, requester});
  if (it != tables_.end()) it->second.erase(page_of(iova));
}

void Iommu::clear(IommuTable table, tlp::RequesterId requester) { tables_.erase({table, requester}); }

void Iommu::unbind(tlp::RequesterId requester) {
  bound_.erase(requester);
  clear(IommuTable::kTrusted, requester);
}

void Iommu::allow_translated(tlp::RequesterId requester, bool allowed) {
  if (allowed) may_translate_.insert(requester);
  else may_translate_.erase(requester);
}

// A lifted check leaves the address as the device gave it, as without an IOMMU.
trust::Result<Translation> Iommu::translate(const DmaRequest& request) {
  const Page* page = nullptr;
  auto table = tables_.find({request.trusted ? IommuTable::kTrusted : IommuTable::kHost, request.requester});
  if (table != tables_.end()) {
    auto it = table->second.find(page_of(request.address));
    if (it != table->second.end()) page = &it->second;
  }
  auto bound = bound_.find(request.requester);
  DmaCase c{.request = request,
            .bound = bound != bound_.end(),
            .may_translate = may_translate_.count(request.requester) > 0,
            .mapped = page != nullptr,
            .writable = page && page->writable};
  if (auto no = defences_.first_refusal<DmaCase>(kDmaRules, c, at_)) return *no;
  Translation out{.address = request.address, .trusted = request.trusted};
  if (page && !request.translated) out.address = page->address | (request.address & (tlp::kPage - 1));
  if (request.trusted && c.bound) out.owner = bound->second;
  return out;
}

}  // namespace pcie
