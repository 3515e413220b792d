#pragma once
// A switch: one upstream port, some downstream ports on the bus between them. Passes packets by address, id and bus
// number, and serves its own ports' configuration. What a selective IDE stream has sealed passes as it is (flow-through
// is always on); a stream of a link ends here: its packets are opened, and sealed anew where the next link has one.
//
// Whoever holds the switch stands at the boundaries "<at>.down" and "<at>.up", between opening and sealing. What is put
// in there goes out as it is: a switch that is held asks none of its own rules.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/ide_port.h"
#include "platform/pcie/link.h"
#include "platform/trust/boundary.h"
#include "platform/trust/defence.h"

namespace pcie {

class Switch {
 public:
  // Joins the lower end of `up` and the upper ends of `down`. Downstream port i is device i of the bus in between.
  // `link_ide`: every port has one stream of its link.
  Switch(std::string at, Link& up, const std::vector<Link*>& down, trust::Defences& defences, bool link_ide = false);
  ~Switch();
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  ConfigSpace& upstream() { return upstream_; }
  ConfigSpace& downstream(std::size_t index) { return ports_[index]->config; }
  IdePort& upstream_ide() { return *ide_; }
  IdePort& downstream_ide(std::size_t index) { return *ports_[index]->ide; }
  trust::Boundary& inside_down() { return inside_down_; }
  trust::Boundary& inside_up() { return inside_up_; }
  void attach(trust::Tap& tap) { inside_down_.attach(tap), inside_up_.attach(tap), held_ = true; }

 private:
  struct Upper final : LinkEnd {
    explicit Upper(Switch& owner) : owner(owner) {}
    void receive(base::View bytes) override { owner.from_above(bytes); }
    void link_reset(Reset kind) override { owner.reset(kind); }
    Switch& owner;
  };
  struct Lower final : LinkEnd {
    Lower(Switch& owner, Link& link) : owner(owner), link(link) {}
    void receive(base::View bytes) override { owner.from_below(*this, bytes); }
    void link_reset(Reset) override {}
    Switch& owner;
    Link& link;
    ConfigSpace config;
    std::unique_ptr<IdePort> ide;
  };
  // Opens what a stream of this port's link protects. `back` sends to the link partner, `pass` goes on with each
  // packet.
  void enter(IdePort& ide, const trust::Boundary& inside, base::View bytes,
             const std::function<void(base::View)>& back, const std::function<void(base::View)>& pass);
  // Seals what goes out in the clear onto a link with a stream.
  void leave(IdePort& ide, base::View bytes, const std::function<void(base::View)>& out);
  void send_down(Lower& port, base::View bytes);
  void send_up(base::View bytes);
  void pass_down(base::View bytes);
  void pass_up(Lower& from, base::View bytes);
  void from_above(base::View bytes);
  void from_below(Lower& from, base::View bytes);
  void reset(Reset kind);
  void serve(ConfigSpace& config, const tlp::Tlp& request);
  void refuse(const tlp::Tlp& request);
  void refuse_below(Lower& from, const tlp::Tlp& request);
  bool enters(const tlp::Tlp& packet) const;
  Lower* port_for(const tlp::Tlp& packet);

  std::string at_;
  Link& up_;
  trust::Defences& defences_;
  Upper upper_{*this};
  ConfigSpace upstream_;
  std::unique_ptr<IdePort> ide_;
  std::vector<std::unique_ptr<Lower>> ports_;
  trust::Boundary inside_down_, inside_up_;
  bool held_ = false;
};

}  // namespace pcie
