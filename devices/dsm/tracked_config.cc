#include "devices/dsm/tracked_config.h"

#include <algorithm>

namespace dsm {
namespace {

using Write = pcie::ConfigSpace::Write;

constexpr unsigned kBist = 0x0f, kBarsSize = 24, kRom = 0x30;
constexpr std::uint32_t kExtendedTag = 1 << 8, kPhantom = 1 << 9, kNoSnoop = 1 << 11;  // of device control
constexpr std::uint32_t kTenBitTag = 1 << 12;                                          // of device control 2

}  // namespace

TrackedConfig::TrackedConfig(const pcie::ConfigSpace& config) : msix_(pcie::find(config, pcie::Capability::kMsix)) {
  always_.push_back({pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster, true});
  always_.push_back({kBist, 1});
  for (unsigned at = pcie::kBar0; at < pcie::kBar0 + kBarsSize; at += 4) always_.push_back({at});
  always_.push_back({kRom});
  if (const unsigned pcie = pcie::find(config, pcie::Capability::kPcie)) {
    always_.push_back({pcie + pcie::kDeviceControl, 2, kExtendedTag | kPhantom | kNoSnoop});
    always_.push_back({pcie + pcie::kDeviceControl2, 2, kTenBitTag});
    always_.push_back({pcie + pcie::kLinkControl, 2, pcie::kLinkDisable});
  }
  // convention: the sources do not list ATS, but the report says whether it is on.
  if (const unsigned ats = pcie::find(config, pcie::ExtendedCapability::kAts))
    always_.push_back({ats + pcie::kAtsControl, 2});
}

bool TrackedConfig::broken_by(const Write& write, bool with_msix) const {
  if (write.before == write.after) return false;
  if (with_msix && msix_ && write.changes({msix_ + pcie::kMsixControl, 2})) return true;
  return std::any_of(always_.begin(), always_.end(), [&](const auto& held) { return write.changes(held); });
}

TrackedStreams::TrackedStreams(const pcie::ConfigSpace& config) : config_(config) {
  const unsigned ide = pcie::find(config, pcie::ExtendedCapability::kIde);
  for (unsigned i = 0; i <= (ide ? pcie::ide_streams(config, ide) : 0); ++i)
    blocks_.push_back(ide ? pcie::ide_block(config, ide, i) : pcie::kConfigSize);
}

bool TrackedStreams::broken_by(const Write& write, const std::vector<ide::StreamId>& streams) const {
  for (std::size_t i = 0; i + 1 < blocks_.size(); ++i) {
    const unsigned block = blocks_[i], end = blocks_[i + 1];
    if (write.offset < block || write.offset >= end) continue;
    // The block's id as it was before this write.
    const unsigned id_at = block + pcie::kIdeStreamControl + 3;
    std::uint32_t id = config_.get(id_at, 1);
    if (id_at >= write.offset && id_at < write.offset + write.size) id = write.before >> 8 * (id_at - write.offset) & 0xff;
    if (std::find(streams.begin(), streams.end(), id) == streams.end()) continue;
    for (unsigned at = block; at < end; at += 4)
      if (at != block + pcie::kIdeStreamStatus && write.changes({at})) return true;
  }
  return false;
}

}  // namespace dsm
