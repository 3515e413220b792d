#include "devices/virtio/function.h"

#include <algorithm>

#include "platform/protocol/virtio/crossings.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {

namespace {

constexpr unsigned kCapabilityList = 1 << 4;  // in the PCI status register

struct Block {
  Structure type;
  const char* name;
  std::uint32_t at, size;
  unsigned config;  // where its capability lies
};
constexpr Block kBlocks[] = {{Structure::kCommon, "common", kCommonAt, kCommonSize, 0x40},
                             {Structure::kNotify, "notify", kNotifyAt, 0x1000, 0x50},
                             {Structure::kIsr, "isr", kIsrAt, 1, 0x64},
                             {Structure::kDevice, "device", kDeviceAt, 0x100, 0x74}};

const wire::Fields& common_fields() {
  static const wire::Fields kFields = wire::fields_of(CommonConfig{});
  return kFields;
}

std::string name_in(const wire::Fields& fields, std::uint64_t offset) {
  for (const auto& field : fields)
    if (offset >= field.offset && offset < field.offset + field.size)
      return std::string(field.name) + (field.size == 8 && offset >= field.offset + 4 ? ".high" : "");
  return "nothing";
}

}  // namespace

Function::Function(std::unique_ptr<Backend> backend, const FunctionSettings& settings, GuestMemory& memory, Outlet& outlet)
    : backend_(std::move(backend)), settings_(settings), memory_(memory), outlet_(outlet),
      offered_(backend_->features() | bit(kVersion1) | bit(kAccessPlatform) | (settings.packed ? bit(kRingPacked) : 0) |
               (settings.indirect ? bit(kIndirectDesc) : 0) | (settings.event_index ? bit(kEventIdx) : 0)) {
  declare_config();
  reset();
}

void Function::declare_config() {
  const std::uint32_t ids = id_of(backend_->type());
  const auto constant = [&](const char* name, unsigned offset, std::uint32_t value) { config_.declare({.name = name, .offset = offset, .reset = value}); };
  constant("id", 0x00, ids);
  config_.declare({.name = "command", .offset = 0x04, .size = 2, .write = 0x0406});
  config_.declare({.name = "status", .offset = 0x06, .size = 2, .reset = kCapabilityList});
  constant("class", 0x08, backend_->class_code() << 8 | 1);  // revision 1 or more: not transitional (4.1.2)
  config_.declare({.name = "bar4", .offset = 0x20, .reset = 0x4, .write = ~static_cast<std::uint32_t>(kBarSize - 1)});  // 64 bits
  config_.declare({.name = "bar5", .offset = 0x24, .write = 0xffff'ffff});
  constant("subsystem", 0x2c, static_cast<std::uint32_t>(backend_->type()) << 16 | kVendor);
  constant("capabilities", 0x34, kCapabilities);
  for (std::size_t i = 0; i < std::size(kBlocks); ++i) {
    const Block& block = kBlocks[i];
    const bool last = i + 1 == std::size(kBlocks), notify = block.type == Structure::kNotify;
    const NotifyCapability said{.cap = {.cap_next = static_cast<std::uint8_t>(last ? 0 : kBlocks[i + 1].config),
                                        .cap_len = static_cast<std::uint8_t>(notify ? 20 : 16), .cfg_type = block.type,
                                        .bar = kBar, .offset = block.at, .length = block.size},
                                .notify_off_multiplier = kNotifyMultiplier};
    const base::Bytes raw = wire::encode(said);
    for (unsigned at = 0; at < said.cap.cap_len; at += 4)
      constant("capability", block.config + at, base::load_le<std::uint32_t>(raw, at));
  }
  config_.reset(true);
}

std::string Function::config_name(unsigned offset) const {
  offset &= ~3u;
  for (const Block& block : kBlocks) {
    static constexpr const char* kWords[] = {"", ".bar", ".offset", ".length", ".multiplier"};
    const unsigned size = block.type == Structure::kNotify ? 20 : 16;
    if (offset >= block.config && offset < block.config + size) return block.name + std::string(kWords[(offset - block.config) / 4]);
  }
  const pcie::Field* field = config_.field_at(offset);
  return field ? field->name : "nothing";
}

std::string Function::register_at(std::uint64_t offset) const {
  if (offset < kCommonAt + kCommonSize) return name_in(common_fields(), offset - kCommonAt);
  if (offset == kIsrAt) return "isr";
  if (offset >= kNotifyAt && offset < kNotifyAt + kNotifyMultiplier * setups_.size()) return "NOTIFY";
  if (offset >= kDeviceAt && offset < kDeviceAt + backend_->config().size())
    return name_in(find_schema(backend_->config_schema())->fields, offset - kDeviceAt);
  return "nothing";
}

// 2.4: all as it was at power on, but for what the backend keeps.
void Function::reset() {
  accepted_ = 0;
  device_select_ = driver_select_ = queue_select_ = 0;
  status_ = isr_ = 0;
  setups_.assign(backend_->queues(), {.size = settings_.queue_size});
  queues_.clear();
  queues_.resize(backend_->queues());
  backend_->reset();
}

std::uint64_t Function::common(unsigned offset) const {
  const Setup* queue = queue_select_ < setups_.size() ? &setups_[queue_select_] : nullptr;
  switch (offset) {
    case kDeviceFeatureSelect: return device_select_;
    case kDeviceFeature: return device_select_ < 2 ? static_cast<std::uint32_t>(offered_ >> (32 * device_select_)) : 0;
    case kDriverFeatureSelect: return driver_select_;
    case kDriverFeature: return driver_select_ < 2 ? static_cast<std::uint32_t>(accepted_ >> (32 * driver_select_)) : 0;
    case kConfigMsixVector:
    case kQueueMsixVector: return kNoVector;
    case kNumQueues: return setups_.size();
    case kDeviceStatus: return status_;
    case kConfigGeneration: return generation_;
    case kQueueSelect: return queue_select_;
    case kQueueSize: return queue ? queue->size : 0;
    case kQueueEnable: return queue && queue->enabled ? 1 : 0;
    case kQueueNotifyOff: return queue ? queue_select_ : 0;
    case kQueueDesc: return queue ? queue->descriptors : 0;
    case kQueueDriver: return queue ? queue->driver : 0;
    case kQueueDevice: return queue ? queue->device : 0;
    default: return 0;
  }
}

void Function::set_status(std::uint8_t status) {
  if (status == 0) return reset();
  // 3.1.1: a device that cannot go by what the driver accepted takes FEATURES_OK back.
  const bool asks = (status & kFeaturesOk) != 0 && (status_ & kFeaturesOk) == 0;
  if (asks && ((accepted_ & ~offered_) != 0 || (accepted_ & bit(kVersion1)) == 0)) status &= static_cast<std::uint8_t>(~kFeaturesOk);
  status_ = status;
}

void Function::enable(unsigned number) {
  Setup& setup = setups_[number];
  const bool power_of_two = setup.size != 0 && (setup.size & (setup.size - 1)) == 0;
  const bool packed = (accepted_ & bit(kRingPacked)) != 0;
  if (setup.enabled || (status_ & kFeaturesOk) == 0 || setup.size > settings_.queue_size || (!packed && !power_of_two) || setup.size == 0) return;
  const QueueSettings queue{.number = static_cast<std::uint16_t>(number), .size = setup.size, .descriptors = setup.descriptors,
                            .driver = setup.driver, .device = setup.device, .event_index = (accepted_ & bit(kEventIdx)) != 0};
  queues_[number] = packed ? make_packed(queue, memory_, outlet_) : make_split(queue, memory_, outlet_);
  setup.enabled = true;
}

void Function::set_common(unsigned offset, std::uint64_t value, std::size_t size) {
  Setup none, &queue = queue_select_ < setups_.size() ? setups_[queue_select_] : none;
  // A register of eight bytes may be written in halves (4.1.3.1).
  const auto wide = [&](std::uint64_t& at, unsigned base) {
    if (queue.enabled) return;
    if (size == 8) at = value;
    else if (offset == base) at = (at & ~0xffff'ffffull) | (value & 0xffff'ffff);
    else at = (at & 0xffff'ffff) | value << 32;
  };
  switch (offset) {
    case kDeviceFeatureSelect: device_select_ = static_cast<std::uint32_t>(value); return;
    case kDriverFeatureSelect: driver_select_ = static_cast<std::uint32_t>(value); return;
    case kDriverFeature:
      if (driver_select_ < 2 && (status_ & kFeaturesOk) == 0)
        accepted_ = (accepted_ & ~(0xffff'ffffull << (32 * driver_select_))) | (value & 0xffff'ffff) << (32 * driver_select_);
      return;
    case kDeviceStatus: return set_status(static_cast<std::uint8_t>(value));
    case kQueueSelect: queue_select_ = static_cast<std::uint16_t>(value); return;
    case kQueueSize:
      if (!queue.enabled) queue.size = static_cast<std::uint16_t>(value);
      return;
    case kQueueEnable:
      if (value == 1 && queue_select_ < setups_.size()) enable(queue_select_);
      return;
    case kQueueDesc:
    case kQueueDesc + 4: return wide(queue.descriptors, kQueueDesc);
    case kQueueDriver:
    case kQueueDriver + 4: return wide(queue.driver, kQueueDriver);
    case kQueueDevice:
    case kQueueDevice + 4: return wide(queue.device, kQueueDevice);
    default: return;
  }
}

base::Bytes Function::read(std::uint64_t offset, std::size_t size) {
  base::Bytes out(size);
  if (offset >= kDeviceAt && offset < kDeviceAt + 0x100) {
    const base::Bytes config = backend_->config();
    for (std::size_t i = 0; i < size && offset - kDeviceAt + i < config.size(); ++i) out[i] = config[offset - kDeviceAt + i];
    return out;
  }
  std::uint64_t value = 0;
  if (offset < kCommonAt + kCommonSize) {
    const auto at = static_cast<unsigned>(offset - kCommonAt);
    const bool high = at == kQueueDesc + 4 || at == kQueueDriver + 4 || at == kQueueDevice + 4;
    value = high ? common(at - 4) >> 32 : common(at);
  } else if (offset == kIsrAt) {
    value = std::exchange(isr_, std::uint8_t{0});  // 4.1.4.5: a read clears it
  }
  for (std::size_t i = 0; i < size && i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

void Function::write(std::uint64_t offset, base::View bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 8; ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  if (offset < kCommonAt + kCommonSize) return set_common(static_cast<unsigned>(offset - kCommonAt), value, bytes.size());
  if (offset >= kNotifyAt && offset < kNotifyAt + kNotifyMultiplier * setups_.size())
    return notified(static_cast<unsigned>((offset - kNotifyAt) / kNotifyMultiplier));
}

void Function::notified(unsigned queue) {
  if ((status_ & kDriverOk) == 0 || (status_ & kNeedsReset) != 0) return;
  backend_->serve(queues_, queue);
  for (const auto& one : queues_)
    if (one && one->wants_interrupt()) isr_ |= 1;
}

bool Function::put(base::View completion) {
  if (completion.size() < 2) return false;
  const auto queue = base::load_le<std::uint16_t>(completion);
  return queue < queues_.size() && queues_[queue] && queues_[queue]->put(completion);
}

}  // namespace virtio
