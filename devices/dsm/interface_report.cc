#include "devices/dsm/interface_report.h"

#include <algorithm>
#include <set>

#include "platform/pcie/registers.h"

namespace dsm {
namespace {

constexpr unsigned kBars = 6;
constexpr std::uint64_t kPageSize = 4096;

struct MsixPlace {
  unsigned bar = 0;
  std::uint64_t offset = 0, size = 0;
  bool in(const MmioPart& part) const {
    return size && bar == part.bar && offset < part.offset + part.size && part.offset < offset + size;
  }
};
struct MsixPlaces {
  MsixPlace table, pending;
};

MsixPlaces msix_of(const pcie::ConfigSpace& config) {
  const unsigned at = pcie::find(config, pcie::Capability::kMsix);
  if (!at) return {};
  const std::uint64_t count = (config.get(at + pcie::kMsixControl, 2) & 0x7ff) + 1;
  const std::uint32_t table = config.get(at + pcie::kMsixTable, 4), pending = config.get(at + pcie::kMsixPba, 4);
  return {{table & 7, table & ~7u, 16 * count}, {pending & 7, pending & ~7u, (count + 63) / 64 * 8}};
}

}  // namespace

std::vector<MmioPart> parts_of(const pcie::ConfigSpace& config, const TdiSettings& settings, bool msix_locked) {
  const MsixPlaces msix = msix_of(config);
  std::vector<MmioPart> out;
  for (unsigned bar = 0; bar < kBars; ++bar) {
    auto window = pcie::bar_window(config, bar);
    if (!window) continue;
    std::set<std::uint64_t> cuts{0, window->size};
    for (const auto& part : settings.parts)
      if (part.bar == bar)
        for (std::uint64_t cut : {part.offset, part.offset + part.size})
          if (cut < window->size) cuts.insert(cut / kPageSize * kPageSize);
    for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
      MmioPart piece{.bar = bar, .offset = *cut, .size = *std::next(cut) - *cut};
      for (const auto& part : settings.parts)
        if (part.bar == bar && part.offset <= *cut && *cut - part.offset < part.size) {
          piece.non_tee = part.non_tee;
          piece.updatable = part.updatable;
        }
      if (!msix_locked && (msix.table.in(piece) || msix.pending.in(piece))) piece.non_tee = true;
      out.push_back(piece);
    }
  }
  return out;
}

tdisp::InterfaceReport report_of(const pcie::ConfigSpace& config, const TdiSettings& settings,
                                 const std::vector<MmioPart>& parts, std::uint16_t lock_flags,
                                 std::uint64_t reporting_offset) {
  tdisp::InterfaceReport report;
  report.interface_info = settings.interface_info;
  if (lock_flags & tdisp::kLockNoFwUpdate) report.interface_info |= tdisp::kInfoNoFwUpdateAfterLock;
  const unsigned ats = pcie::find(config, pcie::ExtendedCapability::kAts);
  if (ats && config.get(ats + pcie::kAtsControl, 2) & pcie::kAtsEnable) report.interface_info |= tdisp::kInfoAts;
  const unsigned msix = pcie::find(config, pcie::Capability::kMsix);
  const bool msix_locked = msix && lock_flags & tdisp::kLockMsix;
  if (msix_locked)
    report.msix_message_control = static_cast<std::uint16_t>(config.get(msix + pcie::kMsixControl, 2));

  const MsixPlaces places = msix_of(config);
  for (const auto& part : parts) {
    const std::uint64_t base = pcie::bar_window(config, part.bar)->base + part.offset + reporting_offset;
    tdisp::MmioRange range{.first_page = base / kPageSize,
                           .page_count = static_cast<std::uint32_t>((part.size + kPageSize - 1) / kPageSize),
                           .range_id = static_cast<std::uint16_t>(part.bar)};
    if (msix_locked && places.table.in(part)) range.attributes |= tdisp::kRangeMsixTable;
    if (msix_locked && places.pending.in(part)) range.attributes |= tdisp::kRangeMsixPba;
    if (part.non_tee) range.attributes |= tdisp::kRangeIsNonTeeMem;
    if (part.updatable) range.attributes |= tdisp::kRangeIsMemAttrUpdatable;
    report.mmio_ranges.push_back(range);
  }
  report.mmio_range_count = static_cast<std::uint32_t>(report.mmio_ranges.size());
  report.device_specific_info = settings.device_specific_info;
  report.device_specific_info_length = static_cast<std::uint32_t>(report.device_specific_info.size());
  return report;
}

bool bars_overlap(const pcie::ConfigSpace& config, const std::vector<const pcie::ConfigSpace*>& all) {
  struct Place {
    const pcie::ConfigSpace* of;
    pcie::Window window;
  };
  std::vector<Place> places;
  for (const auto* one : all)
    if (one == &config || pcie::memory_enabled(*one))
      for (unsigned bar = 0; bar < kBars; ++bar)
        if (auto window = pcie::bar_window(*one, bar)) places.push_back({one, *window});
  for (std::size_t i = 0; i < places.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto &a = places[i].window, &b = places[j].window;
      const bool ours = places[i].of == &config || places[j].of == &config;
      if (ours && (a.has(b.base) || b.has(a.base))) return true;
    }
  return false;
}

}  // namespace dsm
