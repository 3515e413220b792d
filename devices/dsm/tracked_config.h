#pragma once
// The registers of a function that may not change while its interface is locked (PCIe 6.1, 11.2.6).
#include <cstdint>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/protocol/ide/ide.h"

namespace dsm {

class TrackedConfig {
 public:
  explicit TrackedConfig(const pcie::ConfigSpace& config);
  // Whether this write has changed what is held. MSI-X is held only by LOCK_MSIX.
  bool broken_by(const pcie::ConfigSpace::Write& write, bool with_msix) const;

 private:
  std::vector<pcie::ConfigSpace::Held> always_;
  unsigned msix_;
};

// The same for the registers of streams, in the function that has the IDE capability or has none.
class TrackedStreams {
 public:
  explicit TrackedStreams(const pcie::ConfigSpace& config);
  // Whether this write lies in the registers of any stream; only then may it break one.
  bool touched_by(const pcie::ConfigSpace::Write& write) const {
    return write.offset >= blocks_.front() && write.offset < blocks_.back();
  }
  bool broken_by(const pcie::ConfigSpace::Write& write, const std::vector<ide::StreamId>& streams) const;

 private:
  const pcie::ConfigSpace& config_;
  std::vector<unsigned> blocks_;  // where each begins, and where the last one ends
};

}  // namespace dsm
