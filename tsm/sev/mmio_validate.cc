#include "tsm/sev/mmio_validate.h"

#include <algorithm>

namespace sev {

sevproto::MmioStatus validate_range(tio::MmioTable& table, const tdisp::InterfaceReport& report, std::uint32_t guest,
                                    const sevproto::MmioValidateRequest& request, bool& changed) {
  using S = sevproto::MmioStatus;
  constexpr std::uint64_t kPage = 4096;
  changed = false;
  const auto range = std::find_if(report.mmio_ranges.begin(), report.mmio_ranges.end(),
                                  [&](const tdisp::MmioRange& reported) { return reported.range_id == request.range_id; });
  if (range == report.mmio_ranges.end()) return S::kNotReported;
  if (request.page_count == 0 || request.range_offset >= range->page_count ||
      request.page_count > range->page_count - request.range_offset)
    return S::kOutOfRange;
  const std::uint64_t first = range->first_page + request.range_offset;
  const bool wanted = (request.flags & sevproto::kMmioValidate) != 0, before = table.page(first * kPage).validated;
  bool uniform = true, changes = false;
  for (std::uint64_t i = 0; i < request.page_count; ++i) {
    const auto page = table.page((first + i) * kPage);
    if (page.owner != guest) return S::kNotAssigned;
    if (!page.immutable) return S::kNotImmutable;
    if (page.gpa != (request.subrange_base + i) * kPage) return S::kNotMapped;
    uniform = uniform && page.validated == before;
    changes = changes || page.validated != wanted;
  }
  if (!uniform && !(request.flags & sevproto::kMmioForce)) return S::kNotUniform;
  table.validate(first * kPage, wanted, request.page_count);
  changed = changes;
  return S::kSuccess;
}

}  // namespace sev
