#pragma once
// A driver's way to a virtio device on PCI (virtio 1.2, 3.1 and 4.1): finds out who is in a slot, whether the image wants it, where its
// registers lie, and what both sides can do. Believes of the device what it can bear to be a lie.
#include <optional>
#include <string>

#include "guest/abi/guest.h"
#include "platform/protocol/virtio/pci.h"

namespace virtio_guest {

// What this guest's memory map says of its own memory.
inline constexpr std::uint64_t kMemoryEnd = 16ull << 20;
inline constexpr std::uint16_t kQueueSize = 8;

class Transport {
 public:
  Transport(abi::Guest& guest, std::string slot) : guest_(guest), slot_(std::move(slot)) {}

  // The type of the device, when there is one that the image lists; nothing otherwise, and nothing was done to it.
  std::optional<virtio::Type> find();
  // Up to FEATURES_OK, with as much of `wanted` as the device has. False: there is no driving it.
  bool open(std::uint64_t wanted);
  bool has(unsigned feature) const { return (features_ & virtio::bit(feature)) != 0; }
  // Whether buffers go to the device in shared pages of their own, or where they lie. Nothing: the device takes back what was agreed on.
  std::optional<bool> bounces();
  // A queue at these addresses. False: the device has none like it.
  bool set_up(unsigned queue, std::uint64_t descriptors, std::uint64_t driver, std::uint64_t device);
  void drive();  // DRIVER_OK
  void give_up();
  void notify(unsigned queue);

  // Of the device's own configuration.
  std::uint32_t config32(unsigned offset);
  std::uint64_t config64(unsigned offset);  // read while nothing changed; all ones when that never comes

  abi::Guest& guest() { return guest_; }
  const std::string& slot() const { return slot_; }

 private:
  struct Block {
    bool found = false;
    virtio::Capability where;
    std::uint32_t multiplier = 0;
  };
  bool listed(std::uint32_t id);
  bool find_blocks();
  bool place(const Block& block);
  std::uint32_t word(unsigned offset) { return guest_.device_config(slot_.c_str(), offset); }
  std::uint64_t get(const Block& block, std::uint64_t offset, unsigned size);
  void set(const Block& block, std::uint64_t offset, std::uint64_t value, unsigned size);
  std::uint64_t offered();

  abi::Guest& guest_;
  std::string slot_;
  Block common_, notify_, device_;
  std::uint64_t features_ = 0;
  bool legacy_ = false;
  std::uint16_t doorbells_[4] = {};
};

}  // namespace virtio_guest
