#include "tsm/tdx/pamt.h"

namespace tdx {

PamtEntry Pamt::entry(std::uint64_t hpa) const {
  const auto found = entries_.find(hpa);
  if (found != entries_.end()) return found->second;
  return {.type = covers(hpa) ? PageType::kNda : PageType::kRsvd};
}

}  // namespace tdx
