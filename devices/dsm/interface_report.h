#pragma once
// What an interface's registers say of it, as a report (PCIe 6.1, 11.3.11).
#include <vector>

#include "devices/dsm/tdi.h"

namespace dsm {

// The BARs of the function cut into parts, in ascending order. Where MSI-X is not locked, what holds its table or its
// pending bits is not a TEE's (convention).
std::vector<MmioPart> parts_of(const pcie::ConfigSpace& config, const TdiSettings& settings, bool msix_locked);

tdisp::InterfaceReport report_of(const pcie::ConfigSpace& config, const TdiSettings& settings,
                                 const std::vector<MmioPart>& parts, std::uint16_t lock_flags,
                                 std::uint64_t reporting_offset);

// Whether memory of this function is also decoded by another one of these, or by another BAR of its own.
bool bars_overlap(const pcie::ConfigSpace& config, const std::vector<const pcie::ConfigSpace*>& all);

}  // namespace dsm
