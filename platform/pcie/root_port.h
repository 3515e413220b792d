#pragma once
// The upper end of a link in the root complex: a type 1 function of bus 0, with resets, containment and slot events.
#include <functional>
#include <string>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/link.h"
#include "platform/pcie/port.h"

namespace pcie {

class RootPort final : public LinkEnd {
 public:
  // Builds `config`, which is the caller's, as a root port; an IDE capability only when `ide` has streams.
  struct Shape {
    Identity identity{.vendor = 0x1b36, .device = 0x000c, .class_code = 0x060400};
    IdeShape ide{.selective_streams = 2, .address_associations = 2};
    bool has_ide = true;
  };
  static void build(ConfigSpace& config, const Shape& shape);

  RootPort(std::string name, ConfigSpace& config, Link& link, trust::Defences& defences, const PortSettings& settings);

  ConfigSpace& config() { return config_; }
  Port& port() { return port_; }
  IdePort& ide() { return port_.ide(); }
  Link& link() { return link_; }

  // Requests from below go to `upstream`.
  void connect(std::function<void(const Arrived&)> upstream) { upstream_ = std::move(upstream); }

  bool contained() const;
  // The card was pulled, or the link lost: error, containment if that is on. `Link::join_lower` says what is there
  // afterwards.
  void surprise_down();

  void receive(base::View bytes) override { port_.receive(bytes); }
  bool receive_packet(tlp::Tlp& packet) override { return port_.receive_packet(packet), true; }
  void link_reset(Reset) override {}

 private:
  void take(const Arrived& request);
  void written(const ConfigSpace::Write& write);
  void hold_routing(const ConfigSpace::Write& write);
  void contain(unsigned reason);
  void update_link();
  void take_down(Reset kind);

  ConfigSpace& config_;
  Link& link_;
  trust::Defences& defences_;
  Port port_;
  unsigned pcie_, dpc_;
  std::function<void(const Arrived&)> upstream_;
};

}  // namespace pcie
