#pragma once
// Which verbs are for messages, and which boundaries carry messages that can be taken, kept, cut or led elsewhere.
#include <cstdint>

#include "scenarios/load/names.h"

namespace engine {

inline constexpr std::uint64_t kExtendBytesMax = 64 << 10;

inline const load::Names& message_verbs() {
  static const load::Names kVerbs{"answer", "delay",    "drop",      "duplicate", "extend", "hold",
                                  "impersonate", "inject", "redirect", "release",   "reorder", "truncate"};
  return kVerbs;
}
inline const load::Names& message_boundaries() {
  static const load::Names kBoundaries{"blk*.config", "blk*.mmio", "blk*.ring", "net*.config", "net*.mmio", "net*.ring", "rng*.config", "rng*.mmio", "rng*.ring", "console*.config", "console*.mmio", "console*.ring", "vsock*.config", "vsock*.mmio", "vsock*.ring",
                                       "config * -> *", "doe * -> *", "evidence *", "firmware.osc", "gpu*.logic", "keys *", "link * - *", "mmio *", "net * -> *", "sw*.down", "sw*.up", "tsm0.call",
                                       "tsm0.evidence", "vm*.clock", "vm*.evidence", "vm*.exit", "vm*.host-data", "vm*.interrupts", "vm*.requests", "vm*.tpm", "vm*.tsm-report"};
  return kBoundaries;
}

}  // namespace engine
