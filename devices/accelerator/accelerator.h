#pragma once
// An accelerator card: an endpoint of one or more functions, each with registers, a private memory and a DMA engine
// that fills, copies and checksums it. A driver that is not confidential uses it with bounce buffers; a confidential
// VM through TDISP. The private memory is reached only by the engine and through BAR 0's window on it (registers.h).
#include "devices/accelerator/engine.h"
#include "devices/endpoint/tee_endpoint.h"

namespace accelerator {

using endpoint::Firmware;

inline endpoint::Settings card_defaults() {
  endpoint::Settings out;
  out.identity = {.vendor = 0x1b36, .device = 0x0100, .revision = 1, .class_code = 0x120000};
  out.bar0_size = kBar0Size;
  out.vectors = kVectors;
  return out;
}

struct Settings {
  endpoint::Settings card = card_defaults();
  unsigned functions = 1;             // at devfn 0, 1, ...
  std::size_t memory_size = 0x10000;  // of each function; a power of two, 4 KiB or more
};

class Accelerator final : public endpoint::TeeEndpoint {
 public:
  Accelerator(std::string name, pcie::Link& link, trust::Defences& defences, Firmware firmware,
              const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce);
  Engine& engine(unsigned index) { return static_cast<Engine&>(logic(index)); }
};

}  // namespace accelerator
