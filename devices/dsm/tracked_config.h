#pragma once
// The registers of a function that may not change while its interface is locked (PCIe 6.1, 11.2.6).
#include <cstdint>
#include <vector>

#include "platform/pcie/config_builder.h"

namespace dsm {

// Bits of up to four bytes that are held: against any change, or against being cleared only.
struct TrackedBits {
  unsigned offset = 0, size = 4;
  std::uint32_t mask = ~0u;
  bool clearing_only = false;
};

struct LockedWith {
  bool msix = false;                    // LOCK_MSIX
  std::vector<ide::StreamId> streams;   // the default one, and those bound
};

class TrackedConfig {
 public:
  explicit TrackedConfig(const pcie::ConfigSpace& config);
  // Whether this write has changed what is held.
  bool broken_by(const pcie::ConfigSpace::Write& write, const LockedWith& locked) const;

 private:
  bool of_stream(const pcie::ConfigSpace::Write& write, const std::vector<ide::StreamId>& streams) const;

  const pcie::ConfigSpace& config_;
  std::vector<TrackedBits> always_;
  unsigned msix_, ide_;
};

}  // namespace dsm
