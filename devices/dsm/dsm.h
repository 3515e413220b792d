#pragma once
// A device's security manager: key management of its port and the TDISP state of its interfaces, behind the one entry
// that the device's SPDM responder offers for vendor-defined messages of the PCI-SIG. The function that an interface
// belongs to tells it what the bus does, and asks it what is allowed.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/dsm/ide_km_responder.h"
#include "devices/dsm/tdi.h"
#include "devices/dsm/tdisp_responder.h"

namespace dsm {

struct Interface {
  std::string at;  // "gpu0.if0"
  pcie::ConfigSpace* config = nullptr;
  Logic* logic = nullptr;
  std::function<tlp::RequesterId()> id;
  TdiSettings settings;
};

class Dsm {
 public:
  // `config0`: of the function with the IDE capability. `nonce` draws from the device's own random stream.
  Dsm(std::string at, trust::Defences& defences, pcie::IdePort& port, pcie::ConfigSpace& config0,
      std::function<tlp::RequesterId()> id0, std::function<std::optional<tdisp::Nonce>()> nonce);

  // In the order of function numbers. An FLR of the first one befalls all.
  Tdi& add(const Interface& interface);
  Tdi& interface(unsigned index) { return *interfaces_.at(index); }
  unsigned interface_count() const { return static_cast<unsigned>(interfaces_.size()); }
  IdeKmResponder& keys() { return keys_; }
  // "gpu0.logic"
  trust::Boundary& boundary() { return boundary_; }

  // For the SPDM responder. Payload in, payload out; nothing: no answer. `session_id` 0: outside any session.
  std::optional<base::Bytes> vendor(std::uint32_t session_id, std::uint16_t standard_id, base::View vendor_id,
                                    base::View payload);
  void session_ended(std::uint32_t session_id);

  // For the functions.
  void stream_failed(ide::StreamId stream);
  void config_written();
  void reset(unsigned index, pcie::Reset kind);
  // False: an interface was locked against it. Otherwise it takes place, and locked interfaces notice.
  bool firmware_update();

 private:
  std::string at_;
  trust::Defences& defences_;
  pcie::IdePort& port_;
  pcie::ConfigSpace& config0_;
  trust::Boundary boundary_;
  IdeKmResponder keys_;
  std::function<std::optional<tdisp::Nonce>()> nonce_;
  std::vector<std::unique_ptr<Tdi>> interfaces_;
  TdispResponder tdisp_;
};

// Every row of this room, for the engine's list.
std::vector<const trust::Defence*> defences();

}  // namespace dsm
