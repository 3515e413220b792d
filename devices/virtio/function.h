#pragma once
// A modern virtio function on PCI (virtio 1.2 and 1.3, 4.1), as a user-space VMM emulates one: configuration space with vendor
// capabilities, the registers in its BAR, the negotiation of features, and queues in front of a backend. It holds no secret and
// nobody trusts it; it does what the specification asks of a device, whatever its driver says.
#include <memory>
#include <optional>
#include <string>

#include "devices/virtio/backend.h"
#include "platform/pcie/config_space.h"

namespace virtio {

// Where the register blocks lie.
inline constexpr unsigned kBar = 4;
inline constexpr std::uint64_t kBarSize = 0x4000, kCommonAt = 0, kIsrAt = 0x1000, kDeviceAt = 0x2000, kNotifyAt = 0x3000;
inline constexpr unsigned kNotifyMultiplier = 4;
inline constexpr unsigned kCapabilities = 0x40;  // the first one

struct FunctionSettings {
  bool packed = false, indirect = true, event_index = true;
  std::uint16_t queue_size = 8;
};

class Function {
 public:
  Function(std::unique_ptr<Backend> backend, const FunctionSettings& settings, GuestMemory& memory, Outlet& outlet);
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;

  pcie::ConfigSpace& config() { return config_; }
  const Backend& backend() const { return *backend_; }
  std::uint8_t status() const { return status_; }  // device_status
  // Accesses below the BAR. Nothing lies between the blocks: reads there give zeroes, writes do nothing.
  base::Bytes read(std::uint64_t offset, std::size_t size);
  void write(std::uint64_t offset, base::View bytes);
  // Does what a completion says at its queue. False: it says nothing, or there is no such queue.
  bool put(base::View completion);

  // What lies at an offset: "device_feature", "capacity", "NOTIFY", "isr"; the second half of a field of eight bytes has ".high"
  // behind its name. And of configuration space by offset: "id", "bar4", "common", "common.offset".
  std::string register_at(std::uint64_t offset) const;
  std::string config_name(unsigned offset) const;

 private:
  struct Setup {
    std::uint16_t size = 0;
    bool enabled = false;
    std::uint64_t descriptors = 0, driver = 0, device = 0;
  };
  void declare_config();
  void reset();
  std::uint64_t common(unsigned offset) const;
  void set_common(unsigned offset, std::uint64_t value, std::size_t size);
  void set_status(std::uint8_t status);
  void enable(unsigned queue);
  void notified(unsigned queue);

  std::unique_ptr<Backend> backend_;
  FunctionSettings settings_;
  GuestMemory& memory_;
  Outlet& outlet_;
  pcie::ConfigSpace config_;
  std::uint64_t offered_;
  std::uint64_t accepted_ = 0;
  std::uint32_t device_select_ = 0, driver_select_ = 0;
  std::uint16_t queue_select_ = 0;
  std::uint8_t status_ = 0, isr_ = 0, generation_ = 0;
  std::vector<Setup> setups_;
  std::vector<std::unique_ptr<Queue>> queues_;
};

}  // namespace virtio
