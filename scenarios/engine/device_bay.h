#pragma once
// One card, of one or more functions (device_function.h), and what is its alone on the way to it (trunk.h): what the host's firmware and kernel do for it
// at boot and when they carry a guest's data objects, and what platform firmware or the host itself does with the root port's keys, as
// the machine says. Everything that crosses between parties that distrust each other crosses a boundary.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/endpoint/tee_endpoint.h"
#include "devices/responder/responder.h"
#include "platform/trust/boundary.h"
#include "scenarios/engine/device_function.h"
#include "scenarios/engine/fabric.h"
#include "scenarios/engine/trunk.h"
#include "scenarios/engine/world.h"
#include "tsm/tio/device_host.h"

namespace engine {

// What a packet's object begins with that a card's firmware makes for a TEE.
inline constexpr std::string_view kTrustedPacket = "TEE.";

class HostKeys;

class DeviceBay final : public responder::SessionListener, public tio::DeviceHost {
 public:
  DeviceBay(World& world, Fabric& fabric, const DeviceSettings& settings);
  ~DeviceBay() override;

  const std::string& name() const { return settings_.device; }
  const DeviceSettings& settings() const { return settings_; }
  const Place& place() const { return place_; }
  // Bus numbers, windows, BARs, memory and bus-master enable, and a stream's registers at both ends.
  void enumerate();

  // The functions below the root complex, by the names of their parts.
  std::vector<ConfigPart> config_parts() const;
  // What arrives at the mailbox, with what comes back to whoever asked, and on the link. Outlives the bay.
  void capture(Captures& into);

  // ---- the host carries ----
  std::optional<base::Bytes> object(base::View object);
  // FLR: of that function. Others befall the card.
  void reset(pcie::Reset kind, unsigned function = 0);
  // A guest is gone: firmware lets go of what was its, and the host resets the card for the next one.
  void part_from(const VmState& vm);
  // Signed firmware of the manufacturer's, by the name that machine files give it. False: the device refused.
  bool update(const std::string& firmware);
  // The slot loses power and gets it again, with this in it (device_kinds.h); the host's hot-plug driver sets it up as
  // at boot. False: nothing is called so.
  bool plug(const std::string& content);

  // ---- whoever holds the root port's keys ----
  bool key_call(tio::Owner owner, std::uint32_t call, base::View in);

  // Firmware, which `keeper` names, gets the device to speak to.
  tio::Attachment serve_firmware(const std::string& keeper);
  // The host kernel authenticates the device for itself (CMA), then stops talking to it. False: it does not hand it on.
  bool authenticate_for_host();
  bool managed() const { return manager_ != nullptr; }
  void connected() override { enable_stream(); }
  void give_memory(const cpu::Vm& vm, std::uint16_t function) override;
  void take_memory(const cpu::Vm& vm, std::uint16_t function) override;
  std::vector<tio::MemoryRange> memory(std::uint16_t function) const override;
  void map_dma(const cpu::Vm& vm, std::uint16_t function) override;
  bool secure() const override;
  // The VM whose interface that is, for whoever holds the keys; 0: nobody's.
  tio::Owner acts_for(const DeviceFunction& function) const;

  // ---- ground truth ----
  std::string wrong_content() const;  // with its certificates or its firmware; empty: nothing
  // Empty when the last answer that a guest got over the mailbox was the device's own, and it is a good one.
  std::string who_answers() const;
  bool is_outside() const { return static_cast<bool>(outside_); }
  // What a guest's own image holds about the function: "device-policy", "device-function" (its number on the bus),
  // "device-stream".
  std::optional<base::Bytes> image_file(const DeviceFunction& function, const std::string& name) const;

  // By part name, the first one's is the card's. Null: none is called so.
  DeviceFunction* find(const std::string& function) const;
  const std::vector<std::unique_ptr<DeviceFunction>>& functions() const { return functions_; }
  Trunk& trunk() { return trunk_; }
  pcie::Link& link() { return link_; }
  endpoint::TeeEndpoint& card() { return *card_; }
  responder::Responder& responder() { return *responder_; }
  pcie::RootPort& port() { return *port_; }
  trust::Boundary& doe() { return doe_; }
  trust::Boundary& logic() { return card_->dsm().boundary(); }
  pcie::RootComplex& root() { return root_; }
  pcie::Iommu& iommu() { return iommu_; }
  tio::PortFirmware& firmware() { return *firmware_; }
  tio::DeviceManager& manager() { return *manager_; }
  tio::MmioTable& mmio_table() { return mmio_table_; }

  void established(std::uint32_t) override {}
  void agreed(base::View shared) override {
    if (objects_) objects_->secrets.push_back(base::bytes_of(shared));
  }
  void ended(std::uint32_t session_id, responder::SessionEnd why) override;

 private:
  DeviceFunction& at(std::uint16_t function) const;
  std::optional<base::Bytes> through_mailbox(base::View object);
  void keep(base::View object) {
    if (objects_) objects_->add(world_.sim.now(), object);
  }
  std::optional<trust::Message> from_firmware(const trust::Message& message);
  void enable_stream();
  void key_as_host();
  void drop_host_keys();
  void fit_responder();
  unsigned device_ide() const;
  unsigned port_ide() const;

  World& world_;
  DeviceSettings settings_;
  bool handed_on_ = true, own_answer_ = false;
  Capture* objects_ = nullptr;  // where they are wanted
  Ask outside_;  // answers the mailbox in the card's place, where the machine says so
  const trust::Message* carried_ = nullptr;  // by `object`, which keeps it itself
  Place place_;
  pcie::Iommu& iommu_;
  pcie::RootComplex& root_;
  Trunk& trunk_;
  pcie::Link& link_;
  pcie::ConfigSpace& port_config_;
  pcie::RootPort* port_;
  tio::PortFirmware* firmware_;
  std::unique_ptr<responder::Responder> responder_;
  std::unique_ptr<endpoint::TeeEndpoint> card_;
  trust::Boundary doe_, keys_;
  tio::MmioTable mmio_table_;
  std::unique_ptr<tio::DeviceManager> manager_;
  std::unique_ptr<HostKeys> host_keys_;
  std::vector<std::unique_ptr<DeviceFunction>> functions_;
};

}  // namespace engine
