#pragma once
// A network card: one function with a transmit and a receive ring. What it sends and receives is the network's to read
// and to alter, whoever the card works for; taken into a confidential VM it keeps the rings and the VM's memory from
// the host.
#include "devices/endpoint/tee_endpoint.h"
#include "devices/nic/station.h"

namespace nic {

struct Settings {
  endpoint::Settings card = card_defaults();

  static endpoint::Settings card_defaults() {
    endpoint::Settings out;
    out.identity = {.vendor = 0x1b36, .device = 0x0102, .revision = 1, .class_code = 0x020000};
    out.bar0_size = kBar0Size;
    out.vectors = kVectors;
    return out;
  }
};

class NetworkCard final : public endpoint::TeeEndpoint {
 public:
  NetworkCard(std::string name, pcie::Link& link, trust::Defences& defences, endpoint::Firmware firmware,
              const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce);
  Station& station() { return static_cast<Station&>(logic(0)); }
};

}  // namespace nic
