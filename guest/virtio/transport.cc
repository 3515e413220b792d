#include "guest/virtio/transport.h"

#include <bitset>
#include <sstream>

#include "platform/wire/wire.h"

namespace virtio_guest {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr unsigned kIds = 0x00, kCommandStatus = 0x04, kFirstBar = 0x10, kBars = 6, kCapabilityPointer = 0x34, kConfigEnd = 0x100;
constexpr std::uint32_t kHasCapabilities = 1u << 20;
constexpr int kGenerationTries = 4, kResetPolls = 4;
constexpr std::uint64_t kUnderstood = virtio::bit(virtio::kVersion1) | virtio::bit(virtio::kAccessPlatform);

struct Window {
  std::uint64_t base = 0, size = 0;
};

bool over_memory(std::uint64_t base, std::uint64_t size) { return size != 0 && (base < kMemoryEnd || base + size - 1 < base); }

}  // namespace

bool Transport::listed(std::uint32_t id) {
  const auto file = guest_.image_file("device-filter");
  std::istringstream lines(file ? base::text_of(*file) : "");
  std::string name;
  for (std::uint64_t wanted = 0; lines >> name >> wanted;)
    if (name == slot_ && wanted == id) return true;
  return false;
}

std::optional<virtio::Type> Transport::find() {
  std::uint32_t id = word(kIds);
  if ((id & 0xffff) != virtio::kVendor) return std::nullopt;
  if (!guest_.defend("guest.device-filter.allow-list", listed(id))) return std::nullopt;
  const std::uint32_t now = word(kIds);  // whoever binds a driver looks again
  if (now != id) {
    if (!guest_.defend("guest.pci.identity-once", false)) return std::nullopt;
    id = now;
  }
  guest_.device_accept(slot_.c_str(), GLACIS_IDENTITY_ONLY);
  return static_cast<virtio::Type>((id >> 16) - virtio::kFirstDevice);
}

// The first of each structure counts (virtio 1.2, 4.1.4.1); a list that comes back to itself has no more to say.
bool Transport::find_blocks() {
  if ((word(kCommandStatus) & kHasCapabilities) == 0) return false;
  std::bitset<kConfigEnd> seen;
  for (unsigned at = word(kCapabilityPointer) & 0xfc; at != 0;) {
    if (!guest_.defend("guest.pci.capability-loop", at >= 0x40 && !seen[at])) return false;
    seen.set(at);
    base::Bytes raw;
    for (unsigned i = 0; i < 20 && at + i < kConfigEnd; i += 4) base::append_le(raw, word(at + i));
    raw.resize(20);
    const auto said = wire::decode<virtio::NotifyCapability>(raw);
    at = raw[1] & 0xfc;
    if (raw[0] != virtio::kVendorCapability || !said || said->cap.cap_len < 16) continue;
    Block* block = said->cap.cfg_type == virtio::Structure::kCommon   ? &common_
                   : said->cap.cfg_type == virtio::Structure::kNotify ? &notify_
                   : said->cap.cfg_type == virtio::Structure::kDevice ? &device_
                                                                      : nullptr;
    if (block && !block->found) *block = {.found = true, .where = said->cap, .multiplier = said->notify_off_multiplier};
  }
  return common_.found && notify_.found && device_.found && common_.where.length >= virtio::kCommonSize - 4 && notify_.where.length >= 2;
}

// Maps the block: as far as that is over memory of the guest's own, the memory becomes what the mapping is, shared with the host.
bool Transport::place(const Block& block) {
  const unsigned bar = block.where.bar;
  if (bar >= kBars) return false;
  const unsigned at = kFirstBar + 4 * bar;
  Window window{.base = word(at)};
  const bool wide = (window.base & 0x6) == 0x4 && bar + 1 < kBars;
  if (wide) window.base |= static_cast<std::uint64_t>(word(at + 4)) << 32;
  guest_.set_device_config(slot_.c_str(), at, ~0u);
  window.size = (~(word(at) & ~0xfu) + 1ull) & 0xffff'ffff;
  guest_.set_device_config(slot_.c_str(), at, static_cast<std::uint32_t>(window.base));
  window.base &= ~0xfull;
  if (window.size == 0) return false;
  const std::uint64_t end = static_cast<std::uint64_t>(block.where.offset) + block.where.length;
  if (!guest_.defend("guest.pci.capability-range", end <= window.size)) return false;
  if (!guest_.defend("guest.pci.bar-place", !over_memory(window.base, window.size))) return false;
  const std::uint64_t first = (window.base + block.where.offset) & ~(kPage - 1);
  for (std::uint64_t page = first; page - first < block.where.length; page += kPage)
    if (page < kMemoryEnd) guest_.convert(page, kPage, GLACIS_SHARED);
  return true;
}

std::uint64_t Transport::get(const Block& block, std::uint64_t offset, unsigned size) {
  auto bytes = guest_.device_read(slot_.c_str(), block.where.bar, block.where.offset + offset, size);
  if (!bytes) return ~0ull;
  bytes->resize(8);
  return base::load_le<std::uint64_t>(*bytes);
}

void Transport::set(const Block& block, std::uint64_t offset, std::uint64_t value, unsigned size) {
  base::Bytes bytes;
  base::append_le(bytes, value);
  guest_.device_write(slot_.c_str(), block.where.bar, block.where.offset + offset, base::View(bytes).first(size));
}

std::uint64_t Transport::offered() {
  set(common_, virtio::kDeviceFeatureSelect, 0, 4);
  const std::uint64_t low = get(common_, virtio::kDeviceFeature, 4);
  set(common_, virtio::kDeviceFeatureSelect, 1, 4);
  return (low & 0xffff'ffff) | get(common_, virtio::kDeviceFeature, 4) << 32;
}

bool Transport::open(std::uint64_t wanted) {
  if (!find_blocks() || !place(common_) || !place(notify_) || !place(device_)) return false;
  set(common_, virtio::kDeviceStatus, 0, 1);
  for (int polls = 0; get(common_, virtio::kDeviceStatus, 1) != 0; ++polls)
    if (polls == kResetPolls) return false;
  set(common_, virtio::kDeviceStatus, virtio::kAcknowledge, 1);
  set(common_, virtio::kDeviceStatus, virtio::kAcknowledge | virtio::kDriver, 1);
  const std::uint64_t offers = offered();
  legacy_ = (offers & virtio::bit(virtio::kVersion1)) == 0;
  if (!guest_.defend("guest.virtio.version-1", !legacy_)) return false;
  if (!legacy_ && !guest_.defend("guest.virtio.access-platform", (offers & virtio::bit(virtio::kAccessPlatform)) != 0)) return false;
  features_ = offers & (wanted | kUnderstood);
  for (unsigned half : {0u, 1u}) {
    set(common_, virtio::kDriverFeatureSelect, half, 4);
    // Bit 32 is written whatever was seen of it: without it no device here works.
    set(common_, virtio::kDriverFeature, (features_ | virtio::bit(virtio::kVersion1)) >> (32 * half) & 0xffff'ffff, 4);
  }
  constexpr std::uint8_t kAgreed = virtio::kAcknowledge | virtio::kDriver | virtio::kFeaturesOk;
  set(common_, virtio::kDeviceStatus, kAgreed, 1);
  return get(common_, virtio::kDeviceStatus, 1) == kAgreed;
}

std::optional<bool> Transport::bounces() {
  if (legacy_) return false;
  const std::uint64_t now = offered();
  if (!guest_.defend("guest.virtio.features-once", (now & features_) == features_)) return std::nullopt;
  features_ &= now;
  return has(virtio::kAccessPlatform);
}

bool Transport::set_up(unsigned queue, std::uint64_t descriptors, std::uint64_t driver, std::uint64_t device) {
  if (queue >= std::size(doorbells_)) return false;
  set(common_, virtio::kQueueSelect, queue, 2);
  if (get(common_, virtio::kQueueSize, 2) < kQueueSize || get(common_, virtio::kQueueEnable, 2) != 0) return false;
  set(common_, virtio::kQueueSize, kQueueSize, 2);
  for (const auto& [at, value] : {std::pair{virtio::kQueueDesc, descriptors}, std::pair{virtio::kQueueDriver, driver}, std::pair{virtio::kQueueDevice, device}})
    set(common_, at, value, 8);
  doorbells_[queue] = static_cast<std::uint16_t>(get(common_, virtio::kQueueNotifyOff, 2));
  if (static_cast<std::uint64_t>(doorbells_[queue]) * notify_.multiplier + 2 > notify_.where.length) return false;
  set(common_, virtio::kQueueEnable, 1, 2);
  return true;
}

void Transport::drive() {
  set(common_, virtio::kDeviceStatus, virtio::kAcknowledge | virtio::kDriver | virtio::kFeaturesOk | virtio::kDriverOk, 1);
}
void Transport::give_up() { set(common_, virtio::kDeviceStatus, virtio::kFailed, 1); }
void Transport::notify(unsigned queue) { set(notify_, static_cast<std::uint64_t>(doorbells_[queue]) * notify_.multiplier, queue, 2); }

std::uint32_t Transport::config32(unsigned offset) { return static_cast<std::uint32_t>(get(device_, offset, 4)); }

std::uint64_t Transport::config64(unsigned offset) {
  for (int tries = 0; tries < kGenerationTries; ++tries) {
    const auto before = get(common_, virtio::kConfigGeneration, 1);
    const std::uint64_t value = config32(offset) | static_cast<std::uint64_t>(config32(offset + 4)) << 32;
    if (guest_.defend("guest.virtio.config-generation", get(common_, virtio::kConfigGeneration, 1) == before)) return value;
  }
  return ~0ull;
}

}  // namespace virtio_guest
