#pragma once
// One accelerator behind one root port: what the host's firmware and kernel do for it at boot and when they carry a guest's data
// objects, configuration and MMIO accesses; what platform firmware or the host itself does with the root port's keys, as the machine
// says; and memory as the device reaches it. Everything that crosses between parties that distrust each other crosses a boundary here.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "devices/accelerator/accelerator.h"
#include "devices/responder/responder.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/pcie/iommu.h"
#include "platform/pcie/root_complex.h"
#include "platform/pcie/root_port.h"
#include "platform/trust/boundary.h"
#include "scenarios/engine/world.h"
#include "tsm/tio/port_firmware.h"

namespace engine {

class DeviceBay final : public pcie::HostMemory, public responder::SessionListener {
 public:
  DeviceBay(World& world, const DeviceSettings& settings);
  ~DeviceBay() override;

  const std::string& name() const { return settings_.device; }
  // Bus numbers, windows, BARs, memory and bus-master enable, and a stream's registers at both ends.
  void enumerate();

  // ---- the host carries ----
  std::optional<base::Bytes> object(base::View object);
  std::uint32_t config_read(unsigned offset);
  void config_write(unsigned offset, std::uint32_t value);
  // By the guest. Over the stream with the T bit when the function acts for this guest, through the host otherwise.
  std::optional<base::Bytes> mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size);
  bool mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes);
  // Shared memory that the host lets the device reach, at the guest's own addresses.
  void map_shared(VmState& vm, std::uint64_t gpa, std::uint64_t bytes);
  void map_for_host(std::uint64_t address);  // any page of the system, at its own address
  void reset(pcie::Reset kind);
  // A guest is gone: firmware lets go of what was its, and the host resets the card for the next one.
  void part_from(const VmState& vm);

  // ---- the host for itself ----
  // A register by its name: command, bar0, bar2, stream-control, stream2-control. False: none is called so.
  bool write_register(const std::string& name, std::uint32_t value);
  std::optional<base::Bytes> read_as_host(unsigned bar, std::uint64_t offset, std::size_t size);
  bool write_as_host(unsigned bar, std::uint64_t offset, base::View bytes);
  // Signed firmware of the manufacturer's, by the name that machine files give it. False: the device refused.
  bool update(const std::string& firmware);
  // A page of the host's own, for untrusted requests of the device at this bus address.
  static constexpr std::uint64_t kOwnPage = 0x4000'0000;
  void map_own();

  // ---- whoever holds the root port's keys ----
  bool call(VmState& vm, std::uint32_t call, base::View in);

  // ---- ground truth ----
  // Empty when the device is what a guest may take it for under these lock flags; else what is wrong with it.
  std::string truth(const VmState& vm, std::uint16_t lock_flags) const;
  // Empty when the last answer that a guest got over the mailbox was the device's own.
  std::string who_answers() const { return own_answer_ ? "" : "something else than the device"; }
  // From here on the guest relies on the device under these lock flags; what it reads there is judged by that.
  void accepted(VmState& vm, std::uint16_t lock_flags) { relies_.emplace(&vm, lock_flags); }
  // What a guest's own image holds about devices: "device-root", "device-firmware".
  std::optional<base::Bytes> image_file(const std::string& name) const;

  pcie::Link& link() { return link_; }
  accelerator::Accelerator& card() { return *card_; }
  responder::Responder& responder() { return *responder_; }
  pcie::RootPort& port() { return *port_; }
  trust::Boundary& doe() { return doe_; }
  trust::Boundary& config() { return config_; }
  trust::Boundary& mmio() { return mmio_; }

  std::optional<base::Bytes> dma_read(const pcie::DmaAccess& access, std::size_t size) override;
  bool dma_write(const pcie::DmaAccess& access, base::View bytes) override;
  void established(std::uint32_t) override {}
  void ended(std::uint32_t session_id, responder::SessionEnd why) override;

 private:
  struct Reach {
    std::uint64_t spa = 0;
    memory::KeyId key = memory::KeyId::kNone;
  };
  std::optional<Reach> reach(const pcie::DmaAccess& access, bool write);
  void judge_use(VmState& vm);
  std::optional<base::Bytes> through_mailbox(base::View object);
  std::optional<trust::Message> from_host(base::View packet);
  void judge_dma(bool write, std::uint64_t address, base::View bytes);
  void enable_stream();
  unsigned device_ide() const;
  unsigned port_ide() const;

  World& world_;
  DeviceSettings settings_;
  std::map<const VmState*, std::uint16_t> relies_;  // lock flags
  bool reset_under_lock_ = false, own_answer_ = false;
  std::uint64_t own_page_ = 0;
  pcie::Iommu iommu_;
  pcie::RootComplex root_;
  pcie::Link link_;
  pcie::ConfigSpace port_config_;
  std::unique_ptr<pcie::RootPort> port_;
  std::unique_ptr<tio::PortFirmware> firmware_;
  std::unique_ptr<responder::Responder> responder_;
  std::unique_ptr<accelerator::Accelerator> card_;
  std::set<std::uint64_t> writable_;  // pages that the guest lets the card write to
  trust::Boundary doe_, config_, mmio_, keys_;
};

}  // namespace engine
