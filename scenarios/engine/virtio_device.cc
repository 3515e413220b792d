#include "scenarios/engine/virtio_device.h"

#include <algorithm>

#include "platform/protocol/virtio/crossings.h"
#include "platform/protocol/virtio/schemas.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/virtio_stations.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kWindow = 0xC000'0000, kWindowEach = 0x1'0000;  // where host firmware puts BARs: above all memory of a VM
constexpr std::uint64_t kSectors = 64, kGuestCid = 3;
constexpr unsigned kBarAt = 0x20, kCommandAt = 0x04, kMemoryAndMaster = 0x06;

const wire::Schema& content() {
  static const wire::Schema& kSchema = *virtio::find_schema("virtio.CONTENT");
  return kSchema;
}
const wire::Schema& register_write() {
  static const wire::Schema& kSchema = *virtio::find_schema("virtio.REGISTER_WRITE");
  return kSchema;
}

// Walks what lies in pages.
template <class Visit>
bool by_page(std::uint64_t gpa, std::size_t count, Visit visit) {
  bool whole = true;
  for (std::size_t done = 0; done < count;) {
    const std::size_t part = std::min<std::size_t>(count - done, kPage - (gpa + done) % kPage);
    whole &= visit(gpa + done, done, part);
    done += part;
  }
  return whole;
}

std::string operator_password(const World& world) {
  sim::Random random(world.run.seed + (world.other_secret ? 0x5EC2E7 : 0), "operator");
  base::Bytes bytes(12);
  random.fill(bytes);
  return base::to_hex(bytes);
}

base::Bytes agent_key(const World& world) {
  base::Bytes key(32);
  sim::Random(world.run.seed, "agent-key").fill(key);
  return key;
}

}  // namespace

VirtioDevice::VirtioDevice(World& world, const VirtioSettings& settings, unsigned slot)
    : world_(world), settings_(settings), slot_(slot), plugged_(settings.plugged), random_(world.run.seed, settings.name),
      config_(settings.name + ".config"), mmio_(settings.name + ".mmio"), ring_(settings.name + ".ring"),
      function_(make_backend(), {.packed = settings.packed, .indirect = settings.indirect, .event_index = settings.event_index}, *this, *this) {
  for (auto* boundary : {&config_, &mmio_, &ring_}) {
    boundary->attach(*world.adversary);
    boundary->waits_by([this](std::uint64_t span) {
      if (vm_ && vm_->guest) vm_->guest->wait(span);
    });
  }
  mmio_.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    if (const auto said = wire::decode<virtio::RegisterWrite>(message.bytes)) function_.write(said->offset, said->value);
    return std::nullopt;
  });
  ring_.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    if (message.object == "USED" || message.object == "USED_PACKED") (void)function_.put(message.bytes);
    return std::nullopt;
  });
  set_up();
}

void VirtioDevice::set_up() {
  auto& config = function_.config();
  const std::uint64_t at = kWindow + slot_ * kWindowEach;
  config.write(kBarAt, 4, static_cast<std::uint32_t>(at));
  config.write(kBarAt + 4, 4, static_cast<std::uint32_t>(at >> 32));
  config.write(kCommandAt, 2, kMemoryAndMaster);
}

// A VMM makes its devices anew for each VM that it launches.
void VirtioDevice::serve(VmState& vm) {
  if (vm_ && (vm_ != &vm || generation_ != world_.generation)) {
    plugged_ = settings_.plugged;
    function_.write(virtio::kCommonAt + virtio::kDeviceStatus, base::Bytes{0});
    set_up();
  }
  vm_ = &vm;
  generation_ = world_.generation;
}

std::unique_ptr<virtio::Backend> VirtioDevice::make_backend() {
  const std::string& kind = settings_.kind;
  if (kind == "virtio-blk") return virtio::make_block(kSectors, *this);
  if (kind == "virtio-net") return virtio::make_net({0x02, 0, 0, 0, 0, 1}, station_on_cable(random_), *this);
  if (kind == "virtio-rng") return virtio::make_entropy([this](std::span<std::uint8_t> out) { random_.fill(out); }, *this);
  if (kind == "virtio-console") return virtio::make_console(operator_at_console(operator_password(world_)), *this);
  base::check(kind == "virtio-vsock", "a kind of virtio device of the list");
  return virtio::make_socket(kGuestCid, agent_of_owner(agent_key(world_)), *this);
}

std::uint32_t VirtioDevice::config_read(VmState& vm, unsigned offset) {
  serve(vm);
  if (!plugged_) return 0xffff'ffff;
  base::Bytes value;
  base::append_le<std::uint32_t>(value, function_.config().read(offset, 4));
  const std::string name = function_.config_name(offset);
  static const wire::Schema& kHead = *virtio::find_schema("virtio.CAPABILITY_HEAD");
  const bool head = offset >= virtio::kCapabilities && name.find('.') == std::string::npos && name != "nothing";
  const auto back = config_.cross({.object = "CONFIG." + name, .bytes = value, .schema = head ? &kHead : &content(), .reply = true});
  const std::uint32_t said = back && back->bytes.size() >= 4 ? base::load_le<std::uint32_t>(back->bytes) : 0xffff'ffff;
  if ((offset & ~3u) == 0) shown_ = said;
  return said;
}

void VirtioDevice::config_write(VmState& vm, unsigned offset, std::uint32_t value) {
  serve(vm);
  if (!plugged_) return;
  virtio::RegisterWrite said{.offset = offset, .value = {}};
  base::append_le(said.value, value);
  const auto there = config_.cross({.object = "CONFIG_WRITE", .bytes = wire::encode(said), .schema = &register_write()});
  const auto asked = there ? wire::decode<virtio::RegisterWrite>(there->bytes) : wire::Decoded<virtio::RegisterWrite>(wire::Error{});
  if (asked && asked->value.size() == 4 && asked->offset < pcie::kConfigSize)
    function_.config().write(asked->offset & ~3u, 4, base::load_le<std::uint32_t>(asked->value));
}

std::optional<base::Bytes> VirtioDevice::mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size) {
  serve(vm);
  if (!plugged_ || bar != virtio::kBar || offset > virtio::kBarSize - size) return std::nullopt;
  auto back = mmio_.cross({.object = "REGISTER." + function_.register_at(offset), .bytes = function_.read(offset, size), .schema = &content(), .reply = true});
  if (!back || back->bytes.size() != size) return std::nullopt;
  return std::move(back->bytes);
}

bool VirtioDevice::mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes) {
  serve(vm);
  if (!plugged_ || bar != virtio::kBar || offset > virtio::kBarSize - bytes.size()) return false;
  const std::string name = function_.register_at(offset);
  const auto there = mmio_.cross({.object = name == "NOTIFY" ? name : "WRITE." + name,
                                  .bytes = wire::encode(virtio::RegisterWrite{static_cast<std::uint32_t>(offset), base::bytes_of(bytes)}),
                                  .schema = &register_write()});
  if (there) (void)mmio_.deliver(*there);
  return true;
}

bool VirtioDevice::read(std::uint64_t gpa, std::span<std::uint8_t> out) {
  return vm_ && by_page(gpa, out.size(), [&](std::uint64_t at, std::size_t done, std::size_t part) {
    const auto page = vm_->vm.nested.translate(at);
    return page && world_.technology->table().check({.who = memory::Access::Who::kHost, .spa = page->spa}) &&
           world_.memory.read(memory::KeyId::kNone, page->spa, out.subspan(done, part));
  });
}

bool VirtioDevice::write(std::uint64_t gpa, base::View bytes) {
  return vm_ && by_page(gpa, bytes.size(), [&](std::uint64_t at, std::size_t done, std::size_t part) {
    const auto page = vm_->vm.nested.translate(at);
    return page && world_.technology->table().check({.who = memory::Access::Who::kHost, .spa = page->spa, .write = true}) &&
           world_.memory.write(memory::KeyId::kNone, page->spa, bytes.subspan(done, part));
  });
}

bool VirtioDevice::passes(std::string_view object, base::Bytes& bytes, const wire::Schema& schema) {
  auto there = ring_.cross({.object = std::string(object), .bytes = bytes, .schema = &schema});
  if (!there) return false;
  bytes = std::move(there->bytes);
  return true;
}

VirtioBus::VirtioBus(World& world) : world_(world) {
  const auto on = [&](const std::string& key, const char* otherwise) { return world.settings.value(key, otherwise) == "enabled"; };
  for (const auto& [name, part] : world.run.machine->parts)
    if (const auto& kinds = virtio_kinds(); std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.second == part.is; }))
      devices_.push_back(std::make_unique<VirtioDevice>(
          world,
          VirtioSettings{.name = name, .kind = part.is, .packed = world.settings.value(name + ".ring", "split") == "packed",
                         .indirect = on(name + ".indirect", "enabled"), .event_index = on(name + ".event-index", "enabled"),
                         .listed = on(name + ".listed", "enabled"), .plugged = on(name + ".plugged", "enabled")},
          static_cast<unsigned>(devices_.size())));
}

VirtioDevice* VirtioBus::find(const std::string& name) const {
  const auto found = std::find_if(devices_.begin(), devices_.end(), [&](const auto& device) { return device->name() == name; });
  return found == devices_.end() ? nullptr : found->get();
}

const trust::Boundary* VirtioBus::find_boundary(const std::string& name) const {
  for (const auto& device : devices_)
    for (const auto* boundary : device->boundaries())
      if (boundary->name() == name) return boundary;
  return nullptr;
}

std::optional<base::Bytes> VirtioBus::image_file(const std::string& name) const {
  if (devices_.empty()) return std::nullopt;
  if (name == "operator-password") return base::bytes_of(std::string_view(operator_password(world_)));
  if (name == "agent-key") return agent_key(world_);
  if (name != "device-filter") return std::nullopt;
  std::string lines;
  for (const auto& device : devices_)
    if (device->settings().listed) lines += device->name() + " " + std::to_string(virtio::id_of(device->type())) + "\n";
  return base::bytes_of(std::string_view(lines));
}

}  // namespace engine
