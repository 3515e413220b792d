#pragma once
// What lies between the root complex and cards: one root port with whoever writes its keys, and below it one card, or a
// switch with a card at each of its ports. Enumerated as a host kernel does it that uses an IOMMU.
#include <memory>
#include <string>
#include <vector>

#include "platform/pcie/root_complex.h"
#include "platform/pcie/root_port.h"
#include "platform/pcie/switch.h"
#include "scenarios/engine/capture.h"
#include "scenarios/engine/world.h"
#include "tsm/tio/port_firmware.h"

namespace engine {

// Where a card lies. Its root port is a device of bus 0, it is alone on a bus of its own.
struct Place {
  tlp::RequesterId bridge = 0, above = 0, card = 0;  // the root port; the port right above the card, often the same
  std::uint64_t bar0 = 0, bar2 = 0;
};
Place place_of(const DeviceSettings& card);

// By which both ends of a link call its stream.
inline constexpr std::uint8_t kLinkStream = 0x40;

// One setting for both ends of a link: a remedy of the protocol is of use only where the partner has it too.
pcie::PortSettings port_settings(const DeviceSettings& card);

// A function below the root complex, by the name of its part; a switch's ports are "sw0.up", "sw0.down0", ...
struct ConfigPart {
  std::string part;
  tlp::RequesterId at;
  const pcie::ConfigSpace& config;
};

class Trunk {
 public:
  // The cards at one root port, in the order of their branches; at least one, and more than one only behind a switch.
  Trunk(World& world, pcie::RootComplex& root, pcie::Iommu& iommu, const std::vector<DeviceSettings>& cards);
  Trunk(const Trunk&) = delete;
  Trunk& operator=(const Trunk&) = delete;

  // Bus numbers, windows and access control of all ports. Doing it again changes nothing.
  void enumerate();

  pcie::ConfigSpace& config() { return config_; }
  pcie::RootPort& port() { return *port_; }
  tio::PortFirmware& firmware() { return *firmware_; }
  pcie::Switch* inner() { return switch_.get(); }  // null: none
  pcie::Link& link_to(unsigned branch) { return *links_.at(switch_ ? branch : 0); }  // right above the card there
  pcie::ConfigSpace& config_above(unsigned branch) { return switch_ ? switch_->downstream(branch) : config_; }

  // The IDE engine at the other end of the link to the card.
  pcie::IdePort& ide_above(unsigned branch) { return switch_ ? switch_->downstream_ide(branch) : port_->ide(); }

  std::vector<ConfigPart> config_parts();
  const trust::Boundary* find_boundary(const std::string& name);  // of the links and of the switch
  // What arrives above the switch. Outlives this.
  void capture(Captures& into);

 private:
  void key_upper_link();
  void lead_on(pcie::Link& link);
  void set_bridge(tlp::RequesterId bridge, unsigned secondary, unsigned subordinate, std::uint64_t base, std::uint64_t size);
  void control_access(tlp::RequesterId bridge, const pcie::ConfigSpace& config);

  World& world_;
  pcie::RootComplex& root_;
  std::vector<DeviceSettings> cards_;
  pcie::ConfigSpace config_;
  std::unique_ptr<pcie::Link> upper_;  // above the switch, where there is one
  std::vector<std::unique_ptr<pcie::Link>> links_;
  std::unique_ptr<pcie::RootPort> port_;
  std::unique_ptr<tio::PortFirmware> firmware_;
  std::unique_ptr<pcie::Switch> switch_;
  bool upper_keyed_ = false;
};

}  // namespace engine
