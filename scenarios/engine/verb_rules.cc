#include "scenarios/engine/verb_rules.h"

#include "scenarios/engine/virtio_device.h"

namespace engine {

const load::Names& message_verbs() {
  static const load::Names kVerbs{"answer", "delay",    "drop",      "duplicate", "extend", "hold",
                                  "impersonate", "inject", "redirect", "release",   "reorder", "truncate"};
  return kVerbs;
}

const load::Names& message_boundaries() {
  static const load::Names kBoundaries = [] {
    load::Names out{"config * -> *", "doe * -> *", "evidence *", "firmware.osc", "gpu*.logic", "keys *", "link * - *", "mmio *", "net * -> *",
                    "sw*.down", "sw*.up", "tsm0.call", "tsm0.evidence", "vm*.clock", "vm*.evidence", "vm*.exit", "vm*.host-data",
                    "vm*.interrupts", "vm*.requests", "vm*.tpm", "vm*.tsm-report"};
    for (auto& boundary : virtio_boundaries())
      if (!boundary.ends_with(".slot")) out.patterns.push_back(std::move(boundary));
    return out;
  }();
  return kBoundaries;
}

}  // namespace engine
