#pragma once
// One card behind a root port of its own: what the host's firmware and kernel do for it at boot and when they carry a guest's data
// objects, configuration and MMIO accesses; what platform firmware or the host itself does with the root port's keys, as the machine
// says; and memory as the device reaches it. Everything that crosses between parties that distrust each other crosses a boundary here.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "devices/endpoint/tee_endpoint.h"
#include "devices/responder/responder.h"
#include "platform/pcie/root_port.h"
#include "platform/trust/boundary.h"
#include "scenarios/engine/fabric.h"
#include "scenarios/engine/world.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"
#include "tsm/tio/port_firmware.h"

namespace engine {

// Where a slot lies: its port is a device of bus 0, its card alone on a bus of its own.
struct Place {
  tlp::RequesterId bridge = 0, card = 0;
  std::uint64_t bar0 = 0, bar2 = 0;
};
Place place_of(unsigned slot);

class DeviceBay final : public responder::SessionListener, public sev::SevMachine::DeviceHost {
 public:
  DeviceBay(World& world, Fabric& fabric, const DeviceSettings& settings);
  ~DeviceBay() override;

  const std::string& name() const { return settings_.device; }
  const DeviceSettings& settings() const { return settings_; }
  const Place& place() const { return place_; }
  // Bus numbers, windows, BARs, memory and bus-master enable, and a stream's registers at both ends.
  void enumerate();

  // The functions below the root complex, by the names of their parts.
  struct ConfigPart {
    std::string part;
    tlp::RequesterId at;
    const pcie::ConfigSpace& config;
  };
  std::vector<ConfigPart> config_parts() const;
  // What arrives at the mailbox, with what comes back to whoever asked, and on the link. Outlives the bay.
  void capture(Captures& into);

  // ---- the host carries ----
  std::optional<base::Bytes> object(base::View object);
  std::uint32_t config_read(unsigned offset);
  void config_write(unsigned offset, std::uint32_t value);
  // By the guest. Over the stream with the T bit when the function acts for this guest, through the host otherwise.
  std::optional<base::Bytes> mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size);
  bool mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes);
  // Shared memory that the host lets the device reach, at the guest's own addresses.
  void map_shared(VmState& vm, std::uint64_t gpa, std::uint64_t bytes);
  void reset(pcie::Reset kind);
  // A guest is gone: firmware lets go of what was its, and the host resets the card for the next one.
  void part_from(const VmState& vm);

  // ---- the host for itself ----
  // Where a register of the card or of its root port is by name: command, bar0, bar2, stream-control, stream2-control,
  // stream-address.
  std::optional<unsigned> find_register(const std::string& name, bool of_port) const;
  // Of the card. False: none is called so.
  bool write_register(const std::string& name, std::uint32_t value);
  std::optional<base::Bytes> read_as_host(unsigned bar, std::uint64_t offset, std::size_t size);
  bool write_as_host(unsigned bar, std::uint64_t offset, base::View bytes);
  // Signed firmware of the manufacturer's, by the name that machine files give it. False: the device refused.
  bool update(const std::string& firmware);
  // The slot loses power and gets it again, with this in it (device_kinds.h); the host's hot-plug driver sets it up as
  // at boot. False: nothing is called so.
  bool plug(const std::string& content);
  // A page of the host's own, for untrusted requests of the device at this bus address.
  static constexpr std::uint64_t kOwnPage = 0x4000'0000;
  void map_own();

  // ---- whoever holds the root port's keys ----
  bool call(VmState& vm, std::uint32_t call, base::View in);

  // Firmware of that machine speaks to the device, from TIO_INIT on. Empty, or the command that failed.
  void serve_firmware(sev::SevMachine& machine);
  // The host kernel authenticates the device for itself (CMA), then stops talking to it. False: it does not hand it on.
  bool authenticate_for_host();
  std::string start_firmware(sev::SevMachine& machine);
  bool managed() const { return manager_ != nullptr; }
  // What that firmware found, as the host carries it to the guest.
  std::optional<base::Bytes> evidence(tio::EvidencePart part);
  void connected() override { enable_stream(); }
  void give_memory(const cpu::Vm& vm, std::uint16_t function) override;
  void take_memory(const cpu::Vm& vm, std::uint16_t function) override;
  void map_dma(const cpu::Vm& vm, std::uint16_t function) override;
  // A page of the device's memory, as the host's nested tables have it for guests: at `gpa` from now on what lies at `spa`.
  void move_memory(std::uint64_t gpa, std::uint64_t spa);

  // ---- ground truth ----
  // Empty when the device is what a guest may take it for under these lock flags; else what is wrong with it.
  std::string truth(const VmState& vm, std::uint16_t lock_flags) const;
  // Empty when the last answer that a guest got over the mailbox was the device's own, and it is a good one.
  std::string who_answers() const;
  // From here on the guest relies on the device under these lock flags; what it reads there is judged by that.
  // It has the device's memory as private from now on, until it lets go of the device.
  void accepted(VmState& vm, std::uint16_t lock_flags) {
    relies_.insert_or_assign(&vm, lock_flags);
    knows_.try_emplace(&vm, settings_.identity);
    private_view_.insert(&vm);
  }
  void lets_go(const VmState& vm) { private_view_.erase(&vm); }
  // The same for its identity alone, which a guest uses over bounce buffers.
  void recognised(const VmState& vm) { recognises_.insert(&vm); }
  // What a guest's own image holds about the device: "device-policy", "device-function" (its number on the bus).
  std::optional<base::Bytes> image_file(const std::string& name) const;

  pcie::Link& link() { return link_; }
  endpoint::TeeEndpoint& card() { return *card_; }
  responder::Responder& responder() { return *responder_; }
  pcie::RootPort& port() { return *port_; }
  trust::Boundary& doe() { return doe_; }
  trust::Boundary& config() { return config_; }
  trust::Boundary& mmio() { return mmio_; }
  trust::Boundary& evidence_way() { return evidence_; }

  void established(std::uint32_t) override {}
  void agreed(base::View shared) override {
    if (objects_) objects_->secrets.push_back(base::bytes_of(shared));
  }
  void ended(std::uint32_t session_id, responder::SessionEnd why) override;

 private:
  struct Way {
    std::uint64_t address = 0;  // of the system
    bool is_private = false;
    bool is_right = true;  // it leads to the device's memory that the guest means
  };
  std::optional<Way> way_to(const VmState& vm, unsigned bar, std::uint64_t offset) const;
  bool acts_for(const VmState& vm) const;
  template <class Visit>
  void for_each_page(Visit visit) const;  // of the device's memory
  void judge_use(VmState& vm);
  std::string wrong_content() const;  // with its certificates or its firmware
  std::optional<base::Bytes> through_mailbox(base::View object);
  void keep(base::View object) {
    if (objects_) objects_->add(world_.sim.now(), object);
  }
  std::optional<trust::Message> from_host(base::View packet);
  void judge_dma(bool write, std::uint64_t address, base::View bytes);
  void enable_stream();
  void fit_responder();
  tdisp::FunctionId interface() const { return {.bits = settings_.function_id.value_or(place_.card)}; }
  unsigned device_ide() const;
  unsigned port_ide() const;

  World& world_;
  DeviceSettings settings_;
  std::map<const VmState*, std::uint16_t> relies_;  // lock flags
  std::set<const VmState*> private_view_;
  std::map<const VmState*, std::string> knows_;     // whom a guest accepted at first
  std::set<const VmState*> recognises_;
  bool handed_on_ = true, reset_under_lock_ = false, own_answer_ = false;
  bool shown_otherwise_ = false;  // configuration space said another model than is there
  std::uint64_t own_page_ = 0;
  Capture* objects_ = nullptr;  // where they are wanted
  Ask outside_;  // answers the mailbox in the card's place, where the machine says so
  const trust::Message* carried_ = nullptr;  // by `object`, which keeps it itself
  Place place_;
  pcie::Iommu& iommu_;
  pcie::RootComplex& root_;
  pcie::Link link_;
  pcie::ConfigSpace port_config_;
  std::unique_ptr<pcie::RootPort> port_;
  std::unique_ptr<tio::PortFirmware> firmware_;
  std::unique_ptr<responder::Responder> responder_;
  std::unique_ptr<endpoint::TeeEndpoint> card_;
  std::set<std::uint64_t> writable_;  // pages that the guest lets the card write to
  trust::Boundary doe_, config_, mmio_, keys_, evidence_;
  tio::MmioTable mmio_table_;
  std::map<std::uint64_t, std::uint64_t> moved_;  // pages of the device's memory that the host's tables lead elsewhere
  std::unique_ptr<tio::DeviceManager> manager_;
};

}  // namespace engine
