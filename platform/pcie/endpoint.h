#pragma once
// The device's end of a link: one port, up to 256 functions (virtual ones are functions like the others). Decodes what
// arrives, asks the function that it is for, and gives each function its way out onto the bus. Function 0 owns the IDE
// capability. A function whose ATS is enabled asks for translations, keeps them until they are taken back, and goes by them.
#include <map>
#include <memory>
#include <string>

#include "platform/pcie/function.h"
#include "platform/pcie/link.h"
#include "platform/pcie/msix.h"
#include "platform/pcie/port.h"
#include "platform/protocol/ats/ats.h"

namespace pcie {

class Endpoint final : public LinkEnd {
 public:
  // Joins the lower end of `link`. `function0` outlives the endpoint, as every function does.
  Endpoint(std::string name, Link& link, Function& function0, trust::Defences& defences, const PortSettings& settings);
  ~Endpoint() override;

  void attach(Function& function, unsigned devfn);
  Requester& requester(unsigned devfn);
  IdePort& ide() { return port_.ide(); }
  Port& port() { return port_; }

  // D3cold and back, or a card that was put in.
  void power_cycle() { link_reset(Reset::kPowerOn); }
  void unplug() { link_.join_lower(nullptr); }
  void plug() { link_.join_lower(this); }

  void receive(base::View bytes) override { port_.receive(bytes); }
  bool receive_packet(tlp::Tlp& packet) override { return port_.receive_packet(packet), true; }
  void link_reset(Reset kind) override;

 private:
  class Bus;
  struct Slot {
    Function* function;
    std::unique_ptr<MsixTable> msix;
    std::unique_ptr<Bus> bus;
    unsigned power, pcie;  // these capabilities, 0: without
    std::map<std::pair<bool, std::uint64_t>, ats::Entry> translations{};  // by T bit and page
  };
  struct Hit {
    Slot* slot;
    unsigned bar;
    std::uint64_t offset;
  };
  void serve(const Arrived& request);
  void serve_config(const Arrived& request);
  void serve_memory(const Arrived& request);
  void forget_translation(const Arrived& request);
  std::optional<Hit> decode(std::uint64_t address, std::size_t size);
  void function_reset(unsigned devfn, Reset kind);
  tlp::RequesterId id_of(unsigned devfn) const { return static_cast<tlp::RequesterId>(bus_number_ << 8 | devfn); }
  void refuse(const Arrived& request, tlp::RequesterId completer);

  Link& link_;
  Port port_;
  unsigned bus_number_ = 0;  // captured from every type 0 config write
  std::map<unsigned, Slot> slots_;
};

}  // namespace pcie
