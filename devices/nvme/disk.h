#pragma once
// An NVMe disk: one function with a controller of one namespace. A driver that is not confidential uses it with queues
// and buffers in shared memory; a confidential VM takes it in through TDISP and keeps them private.
#include "devices/endpoint/tee_endpoint.h"
#include "devices/nvme/controller.h"

namespace nvme {

struct Settings {
  endpoint::Settings card = card_defaults();
  std::uint64_t blocks = 0x800;  // of 512 bytes

  static endpoint::Settings card_defaults() {
    endpoint::Settings out;
    out.identity = {.vendor = 0x1b36, .device = 0x0101, .revision = 1, .class_code = 0x010802};
    out.bar0_size = kBar0Size;
    return out;
  }
};

class Disk final : public endpoint::TeeEndpoint {
 public:
  Disk(std::string name, pcie::Link& link, trust::Defences& defences, endpoint::Firmware firmware,
       const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce);
  Controller& controller() { return static_cast<Controller&>(logic(0)); }
};

}  // namespace nvme
