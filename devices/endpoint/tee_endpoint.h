#pragma once
// A card of one or more functions that can be taken into a confidential VM: an endpoint with a DOE mailbox, an IDE
// capability and a security manager. What its functions do is their logic's; keys, certificates and measurements are
// the SPDM responder's, which is plugged in from outside. Used without any of this it is a card like any other.
//
// Every function has BAR 0, its logic's registers, and an MSI-X table, in a BAR 2 of its own unless the settings say
// otherwise.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/dsm/dsm.h"
#include "devices/endpoint/function.h"
#include "platform/pcie/doe_mailbox.h"
#include "platform/pcie/endpoint.h"

namespace endpoint {

// What the card runs. Measurements are the responder's to sign.
struct Firmware {
  std::uint32_t version = 0x00010000;
  base::Bytes measurement;
};

// Where the MSI-X table and its pending bits lie: BAR 2, which is there for them, or BAR 0, behind the logic's registers.
struct MsixPlace {
  unsigned bar = 2;
  std::uint32_t table_offset = 0, pba_offset = 0x800;
};

struct Settings {
  pcie::Identity identity;
  std::uint64_t serial = 1;
  std::uint64_t bar0_size = 0x10000;
  bool bar0_prefetchable = true;
  MsixPlace msix;
  unsigned vectors = 4;
  unsigned ide_streams = 2;
  unsigned address_associations = 1;
  unsigned link_streams = 0;
  bool ide_aggregation = false, ide_pcrc = false;  // of its IDE capability
  bool ats = false;  // its functions have the capability
  pcie::PortSettings port;
  dsm::TdiSettings tdi;
  std::uint8_t ide_port_index = 0;  // as IDE_KM names the card's port
};

class TeeEndpoint {
 public:
  // Joins the lower end of `link`. `name` as scenarios have it: "gpu0". One function for each logic, at devfn 0, 1, ...
  TeeEndpoint(std::string name, pcie::Link& link, trust::Defences& defences, std::vector<std::unique_ptr<Logic>> logics,
              Firmware firmware, Settings settings, std::function<std::optional<tdisp::Nonce>()> nonce);
  virtual ~TeeEndpoint() = default;
  TeeEndpoint(const TeeEndpoint&) = delete;
  TeeEndpoint& operator=(const TeeEndpoint&) = delete;

  // What answers DOE objects of this type of the PCI-SIG: the SPDM responder for CMA and secured CMA.
  void serve(std::uint8_t type, pcie::DoeMailbox::Handler handler);
  // Told of each function's resets. Those of the first one end the responder's sessions.
  void on_reset(std::function<void(pcie::Reset, unsigned function)> told) { told_ = std::move(told); }

  dsm::Dsm& dsm() { return *dsm_; }
  Function& function(unsigned index) { return *functions_.at(index); }
  Logic& logic(unsigned index) { return *logics_.at(index); }
  pcie::Endpoint& endpoint() { return *endpoint_; }
  const Firmware& firmware() const { return firmware_; }
  // Refused while an interface is locked against it.
  bool update_firmware(Firmware firmware);

 private:
  std::string name_;
  Firmware firmware_;
  std::vector<std::unique_ptr<Logic>> logics_;
  std::vector<std::unique_ptr<Function>> functions_;
  std::unique_ptr<pcie::DoeMailbox> mailbox_;
  std::unique_ptr<pcie::Endpoint> endpoint_;
  std::unique_ptr<dsm::Dsm> dsm_;
  std::function<void(pcie::Reset, unsigned)> told_;
};

}  // namespace endpoint
