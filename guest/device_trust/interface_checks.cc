// The predicates of interface_rules.h that take more than a line.
#include "guest/device_trust/interface_rules.h"

#include <algorithm>
#include <map>

#include "platform/crypto/hash.h"

namespace device_trust {
namespace {

constexpr std::uint64_t kPageSize = 4096;
constexpr std::uint64_t kPageNumberMax = ~std::uint64_t{0} / kPageSize;
constexpr std::uint16_t kAttributesKnown = tdisp::kRangeMsixTable | tdisp::kRangeMsixPba | tdisp::kRangeIsNonTeeMem |
                                           tdisp::kRangeIsMemAttrUpdatable;
constexpr std::uint16_t kInfoKnown = tdisp::kInfoNoFwUpdateAfterLock | tdisp::kInfoDmaWithoutPasid |
                                     tdisp::kInfoDmaWithPasid | tdisp::kInfoAts | tdisp::kInfoPrs;

std::uint64_t pages_of(const Bar& bar) { return bar.size / kPageSize + (bar.size % kPageSize ? 1 : 0); }

// First pages are of addresses that wrap around with the offset, so all arithmetic on them is modulo 2^52.
std::uint64_t page_distance(std::uint64_t from, std::uint64_t to) { return (to - from) & kPageNumberMax; }

// Where this BAR starts in the numbers of the report.
std::optional<std::uint64_t> first_page_of(const DeviceCase& c, const Bar& bar) {
  if (c.question.asked.mmio_reporting_offset)
    return (bar.address + *c.question.asked.mmio_reporting_offset) / kPageSize;
  for (const tdisp::MmioRange& range : c.report->mmio_ranges)
    if (range.range_id == bar.index) return range.first_page;  // the lowest, as they ascend
  return std::nullopt;
}

// Whether the range has the page of this place within a BAR.
bool covers(const DeviceCase& c, const tdisp::MmioRange& range, std::uint16_t index, std::uint64_t offset) {
  if (range.range_id != index) return false;
  for (const Bar& bar : c.question.seen.bars) {
    if (bar.index != index) continue;
    auto start = first_page_of(c, bar);
    if (!start) return false;
    const std::uint64_t place = page_distance(*start, range.first_page);
    return offset / kPageSize >= place && offset / kPageSize - place < range.page_count;
  }
  return false;
}

}  // namespace

bool report_is_of_the_device(const DeviceCase& c) {
  if (!c.has_report() || c.question.tsm) return true;
  return c.evidence.report_in_session != 0 && c.evidence.proof.kind == ProofKind::kKeyExchange;
}

bool state_is_agreed(const DeviceCase& c) {
  const Asked& asked = c.question.asked;
  if (!c.has_report()) return true;
  return c.evidence.state == asked.expected_state && (!asked.host_state || *asked.host_state == c.evidence.state);
}

bool ranges_are_in_order(const DeviceCase& c) {
  if (!c.report) return true;
  const auto& ranges = c.report->mmio_ranges;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const tdisp::MmioRange& range = ranges[i];
    if (range.page_count == 0 || range.first_page > kPageNumberMax ||
        range.page_count - 1 > kPageNumberMax - range.first_page)
      return false;
    if (i == 0) continue;
    const tdisp::MmioRange& before = ranges[i - 1];
    const bool ascends = before.range_id < range.range_id ||
                         (before.range_id == range.range_id && before.first_page < range.first_page);
    if (!ascends) return false;
  }
  std::map<std::uint64_t, std::uint32_t> by_page;
  for (const tdisp::MmioRange& range : ranges)
    if (!by_page.emplace(range.first_page, range.page_count).second) return false;
  std::uint64_t free_from = 0;
  for (const auto& [first, count] : by_page) {
    if (first < free_from) return false;
    free_from = first + count;
  }
  return true;
}

bool ranges_are_bars(const DeviceCase& c) {
  if (!c.report) return true;
  std::map<std::uint16_t, std::uint64_t> pages_left;
  for (const Bar& bar : c.question.seen.bars)
    if (bar.size != 0 && !pages_left.emplace(bar.index, pages_of(bar)).second) return false;
  for (const tdisp::MmioRange& range : c.report->mmio_ranges) {
    auto bar = std::ranges::find(c.question.seen.bars, range.range_id, &Bar::index);
    if (bar == c.question.seen.bars.end() || bar->size == 0) return false;
    auto start = first_page_of(c, *bar);
    const std::uint64_t place = page_distance(*start, range.first_page);
    if (place >= pages_of(*bar) || range.page_count > pages_of(*bar) - place) return false;
    std::uint64_t& left = pages_left.at(range.range_id);
    if (range.page_count > left) return false;
    left -= range.page_count;
  }
  return std::ranges::all_of(pages_left, [](const auto& left) { return left.second == 0; });
}

bool attributes_are_accepted(const DeviceCase& c) {
  if (!c.report) return true;
  return std::ranges::all_of(c.report->mmio_ranges, [&](const tdisp::MmioRange& range) {
    const bool open = (range.attributes & tdisp::kRangeIsNonTeeMem) != 0;
    const bool updatable = (range.attributes & tdisp::kRangeIsMemAttrUpdatable) != 0;
    return (range.attributes & ~kAttributesKnown) == 0 && (!updatable || c.policy.interface.allow_updatable) &&
           (!open || c.policy.interface.non_tee_ranges.contains(range.range_id));
  });
}

bool msix_is_as_asked(const DeviceCase& c) {
  if (!c.report) return true;
  const std::optional<Msix>& seen = c.question.seen.msix;
  const bool locked = (c.question.asked.lock_flags & tdisp::kLockMsix) != 0;
  const std::uint16_t control = c.report->msix_message_control;
  if (control != (seen ? seen->control : 0) && (locked || control != 0)) return false;

  bool table_found = !locked || !seen, pba_found = table_found;
  for (const tdisp::MmioRange& range : c.report->mmio_ranges) {
    const bool has_table = seen && covers(c, range, seen->table_bar, seen->table_offset);
    const bool has_pba = seen && covers(c, range, seen->pba_bar, seen->pba_offset);
    // A mark where there is no table would let the device keep a range of its own choice; a table that is not locked has none.
    if ((range.attributes & tdisp::kRangeMsixTable) && !(locked && has_table)) return false;
    if ((range.attributes & tdisp::kRangeMsixPba) && !(locked && has_pba)) return false;
    table_found |= has_table && (range.attributes & tdisp::kRangeMsixTable);
    pba_found |= has_pba && (range.attributes & tdisp::kRangeMsixPba);
  }
  return table_found && pba_found;
}

bool dma_is_accepted(const DeviceCase& c) {
  if (!c.report) return true;
  std::uint16_t accepted = tdisp::kInfoNoFwUpdateAfterLock | tdisp::kInfoDmaWithoutPasid;
  if (c.policy.interface.allow_pasid) accepted |= tdisp::kInfoDmaWithPasid;
  if (c.policy.interface.allow_ats) accepted |= tdisp::kInfoAts;
  if (c.policy.interface.allow_prs) accepted |= tdisp::kInfoPrs;
  return (c.report->interface_info & kInfoKnown & ~accepted) == 0;
}

bool device_info_is_known(const DeviceCase& c) {
  if (!c.report || !c.policy.interface.device_info) return true;
  return crypto::sha384(c.report->device_specific_info) == *c.policy.interface.device_info;
}

bool is_same_device(const DeviceCase& c) {
  const auto& before = c.question.before;
  return !before || (before->identity_key == c.identity_key && before->identity == c.question.seen.identity);
}

bool firmware_is_same(const DeviceCase& c) {
  const auto& before = c.question.before;
  if (!before || c.policy.allow_firmware_change) return true;
  return before->leaf_key == c.leaf_key && before->measurements == c.measured.blocks;
}

}  // namespace device_trust
