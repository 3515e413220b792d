#pragma once
// The seam between a device's security manager and the logic that it governs. What the manager tells the logic, or
// tells others about it, crosses a boundary named like "gpu0.logic", where whoever is the device's firmware stands.
#include <cstdint>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace dsm {

class Logic {
 public:
  virtual ~Logic() = default;
  // Work, DMA and interrupts under way come to an end; nothing new begins by itself, and no completion that is still
  // to come is used.
  virtual void quiesce() = 0;
  // What a confidential VM left in the interface is gone.
  virtual void scrub() = 0;
};

// The manager's word on one access. Objects of the boundary: "INTERFACE_REPORT" (tdisp.h), and these.
struct MmioDecision {  // "MMIO": a request from the bus to a BAR
  std::uint8_t bar = 0, write = 0, trusted = 0, permitted = 0;
  std::uint64_t offset = 0;
  bool operator==(const MmioDecision&) const = default;
  using Wire = wire::Layout<&MmioDecision::bar, &MmioDecision::write, &MmioDecision::trusted, &MmioDecision::permitted,
                            &MmioDecision::offset>;
};
struct DmaDecision {  // "DMA", "INTERRUPT": a request from the logic to the bus, and the T bit it goes with
  std::uint8_t permitted = 0, trusted = 0;
  std::uint64_t address = 0;
  bool operator==(const DmaDecision&) const = default;
  using Wire = wire::Layout<&DmaDecision::permitted, &DmaDecision::trusted, &DmaDecision::address>;
};
struct Scrub {  // "SCRUB"
  std::uint8_t interface_index = 0;
  bool operator==(const Scrub&) const = default;
  using Wire = wire::Layout<&Scrub::interface_index>;
};

const wire::Schema& report_schema();
const wire::Schema& mmio_schema();
const wire::Schema& dma_schema();
const wire::Schema& scrub_schema();

}  // namespace dsm
