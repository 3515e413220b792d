#pragma once
// A switch: one upstream port, some downstream ports on the bus between them. Passes packets by address, id and bus
// number, sealed ones as they are (IDE flow-through is always on), and serves its own ports' configuration.
#include <memory>
#include <string>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/link.h"
#include "platform/trust/defence.h"

namespace pcie {

class Switch {
 public:
  // Joins the lower end of `up` and the upper ends of `down`. Downstream port i is device i of the bus in between.
  Switch(std::string at, Link& up, const std::vector<Link*>& down, trust::Defences& defences);
  ~Switch();
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  ConfigSpace& upstream() { return upstream_; }
  ConfigSpace& downstream(std::size_t index) { return ports_[index]->config; }

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
  };
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
  std::vector<std::unique_ptr<Lower>> ports_;
};

}  // namespace pcie
