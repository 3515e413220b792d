#pragma once
// A virtio device on PCI (virtio 1.2 and 1.3, 4.1): who it is, the vendor capabilities that say where its register blocks lie, and
// the block of registers common to all. Little-endian throughout.
#include <cstddef>
#include <cstdint>

#include "platform/wire/wire.h"

namespace virtio {

// 4.1.2: a modern function is 1af4h and 1040h plus the device type (5).
inline constexpr std::uint16_t kVendor = 0x1af4, kFirstDevice = 0x1040;
enum class Type : std::uint16_t { kNet = 1, kBlock = 2, kConsole = 3, kEntropy = 4, kSocket = 19 };
inline constexpr std::uint32_t id_of(Type type) {
  return static_cast<std::uint32_t>(kFirstDevice + static_cast<std::uint16_t>(type)) << 16 | kVendor;
}

// Device status (2.1).
inline constexpr std::uint8_t kAcknowledge = 1, kDriver = 2, kDriverOk = 4, kFeaturesOk = 8, kNeedsReset = 64, kFailed = 128;

// Reserved feature bits (6), by number.
inline constexpr unsigned kIndirectDesc = 28, kEventIdx = 29, kVersion1 = 32, kAccessPlatform = 33, kRingPacked = 34, kInOrder = 35;
inline constexpr std::uint64_t bit(unsigned feature) { return 1ull << feature; }

inline constexpr std::uint8_t kVendorCapability = 9;
inline constexpr std::uint16_t kNoVector = 0xffff;

// What a capability tells of (4.1.4).
enum class Structure : std::uint8_t { kCommon = 1, kNotify = 2, kIsr = 3, kDevice = 4, kPciAccess = 5, kSharedMemory = 8, kVendor = 9 };

// struct virtio_pci_cap.
struct Capability {
  std::uint8_t cap_vndr = kVendorCapability;
  std::uint8_t cap_next = 0;
  std::uint8_t cap_len = 16;
  Structure cfg_type{};
  std::uint8_t bar = 0;
  std::uint8_t id = 0;
  std::uint32_t offset = 0;  // into the BAR
  std::uint32_t length = 0;
  bool operator==(const Capability&) const = default;
  using Wire = wire::Layout<&Capability::cap_vndr, &Capability::cap_next, &Capability::cap_len, &Capability::cfg_type, &Capability::bar,
                            &Capability::id, wire::Loose<2>{}, &Capability::offset, &Capability::length>;
};

// struct virtio_pci_notify_cap: a queue's doorbell lies at its queue_notify_off times the multiplier (4.1.4.4).
struct NotifyCapability {
  Capability cap{.cap_len = 20, .cfg_type = Structure::kNotify};
  std::uint32_t notify_off_multiplier = 0;
  bool operator==(const NotifyCapability&) const = default;
  using Wire = wire::Layout<&NotifyCapability::cap, &NotifyCapability::notify_off_multiplier>;
};

// The first word of any capability, as one configuration access carries it.
struct CapabilityHead {
  std::uint8_t cap_vndr = kVendorCapability, cap_next = 0, cap_len = 0;
  Structure cfg_type{};
  bool operator==(const CapabilityHead&) const = default;
  using Wire = wire::Layout<&CapabilityHead::cap_vndr, &CapabilityHead::cap_next, &CapabilityHead::cap_len, &CapabilityHead::cfg_type>;
};

// struct virtio_pci_common_cfg (4.1.4.3).
struct CommonConfig {
  std::uint32_t device_feature_select = 0, device_feature = 0, driver_feature_select = 0, driver_feature = 0;
  std::uint16_t config_msix_vector = kNoVector, num_queues = 0;
  std::uint8_t device_status = 0, config_generation = 0;
  std::uint16_t queue_select = 0, queue_size = 0, queue_msix_vector = kNoVector, queue_enable = 0, queue_notify_off = 0;
  std::uint64_t queue_desc = 0, queue_driver = 0, queue_device = 0;
  std::uint16_t queue_notif_config_data = 0, queue_reset = 0;
  bool operator==(const CommonConfig&) const = default;
  using Wire = wire::Layout<&CommonConfig::device_feature_select, &CommonConfig::device_feature, &CommonConfig::driver_feature_select,
                            &CommonConfig::driver_feature, &CommonConfig::config_msix_vector, &CommonConfig::num_queues,
                            &CommonConfig::device_status, &CommonConfig::config_generation, &CommonConfig::queue_select,
                            &CommonConfig::queue_size, &CommonConfig::queue_msix_vector, &CommonConfig::queue_enable,
                            &CommonConfig::queue_notify_off, &CommonConfig::queue_desc, &CommonConfig::queue_driver,
                            &CommonConfig::queue_device, &CommonConfig::queue_notif_config_data, &CommonConfig::queue_reset>;
};

// Its registers by offset.
inline constexpr unsigned kDeviceFeatureSelect = 0x00, kDeviceFeature = 0x04, kDriverFeatureSelect = 0x08, kDriverFeature = 0x0c,
                          kConfigMsixVector = 0x10, kNumQueues = 0x12, kDeviceStatus = 0x14, kConfigGeneration = 0x15,
                          kQueueSelect = 0x16, kQueueSize = 0x18, kQueueMsixVector = 0x1a, kQueueEnable = 0x1c, kQueueNotifyOff = 0x1e,
                          kQueueDesc = 0x20, kQueueDriver = 0x28, kQueueDevice = 0x30, kQueueNotifConfigData = 0x38, kQueueReset = 0x3a;
inline constexpr unsigned kCommonSize = 0x3c;

}  // namespace virtio
