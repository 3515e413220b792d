#include "tsm/pkvm/pages.h"

namespace pkvm {

HostPage Pages::host(std::uint64_t phys) const {
  const auto found = host_.find(page_of(phys));
  return found == host_.end() ? HostPage{} : found->second;
}

PageState Pages::hyp(std::uint64_t phys) const {
  const auto found = hyp_.find(page_of(phys));
  return found == hyp_.end() ? PageState::kNoPage : found->second;
}

std::uint32_t Pages::pins(std::uint64_t phys) const {
  const auto found = pins_.find(page_of(phys));
  return found == pins_.end() ? 0 : found->second;
}

std::optional<Annotation> Pages::annotation(std::uint64_t phys) const {
  const auto found = taken_.find(page_of(phys));
  if (found == taken_.end()) return std::nullopt;
  return pkvmproto::annotation_of(found->second);
}

void Pages::set_host(std::uint64_t phys, HostPage page) {
  if (page == HostPage{}) host_.erase(page_of(phys));
  else host_[page_of(phys)] = page;
}

void Pages::set_hyp(std::uint64_t phys, PageState state) {
  if (state == PageState::kNoPage) hyp_.erase(page_of(phys));
  else hyp_[page_of(phys)] = state;
}

void Pages::unpin(std::uint64_t phys) {
  const auto found = pins_.find(page_of(phys));
  if (found == pins_.end()) return;
  if (--found->second == 0) pins_.erase(found);
}

}  // namespace pkvm
