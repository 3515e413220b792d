#pragma once
// An accelerator card: an endpoint of one or more functions, each with registers, a private memory and a DMA engine
// that fills, copies and checksums it. A driver that is not confidential uses it with bounce buffers; a confidential
// VM through TDISP. Keys, certificates and measurements are the SPDM responder's, which is plugged in from outside.
//
// BAR 0 (registers.h) and BAR 2 (MSI-X table at 0, pending bits at 800h). The private memory is reached only by the
// engine and through BAR 0's window on it.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/accelerator/engine.h"
#include "devices/dsm/dsm.h"
#include "platform/pcie/doe_mailbox.h"
#include "platform/pcie/endpoint.h"

namespace accelerator {

// What the card runs. Measurements are the responder's to sign.
struct Firmware {
  std::uint32_t version = 0x00010000;
  base::Bytes measurement;
};

struct Settings {
  pcie::Identity identity{.vendor = 0x1b36, .device = 0x0100, .revision = 1, .class_code = 0x120000};
  std::uint64_t serial = 1;
  unsigned functions = 1;  // at devfn 0, 1, ...
  unsigned ide_streams = 2;
  unsigned address_associations = 1;
  std::size_t memory_size = 0x10000;  // of each function; a power of two, 4 KiB or more
  pcie::PortSettings port;
  dsm::TdiSettings tdi;
  std::uint8_t ide_port_index = 0;  // as IDE_KM names the card's port
};

class Accelerator {
 public:
  // Joins the lower end of `link`. `name` as scenarios have it: "gpu0".
  Accelerator(std::string name, pcie::Link& link, trust::Defences& defences, Firmware firmware, Settings settings,
              std::function<std::optional<tdisp::Nonce>()> nonce);
  Accelerator(const Accelerator&) = delete;
  Accelerator& operator=(const Accelerator&) = delete;

  // What answers DOE objects of this type of the PCI-SIG: the SPDM responder for CMA and secured CMA.
  void serve(std::uint8_t type, pcie::DoeMailbox::Handler handler);
  // Told of conventional resets, which end the responder's sessions.
  void on_reset(std::function<void(pcie::Reset)> told) { told_ = std::move(told); }

  dsm::Dsm& dsm() { return *dsm_; }
  Engine& function(unsigned index) { return *engines_.at(index); }
  pcie::Endpoint& endpoint() { return *endpoint_; }
  const Firmware& firmware() const { return firmware_; }
  // Refused while an interface is locked against it.
  bool update_firmware(Firmware firmware);

 private:
  std::string name_;
  trust::Defences& defences_;
  Firmware firmware_;
  Settings settings_;
  std::vector<std::unique_ptr<Engine>> engines_;
  std::unique_ptr<pcie::DoeMailbox> mailbox_;
  std::unique_ptr<pcie::Endpoint> endpoint_;
  std::unique_ptr<dsm::Dsm> dsm_;
  std::function<void(pcie::Reset)> told_;
};

}  // namespace accelerator
