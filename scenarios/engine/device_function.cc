#include "scenarios/engine/device_function.h"

#include "platform/pcie/config_builder.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr unsigned kIds = 0x00, kRevisionAndClass = 0x08, kSubsystem = 0x2c;  // what a driver tells a model by

}  // namespace

DeviceFunction::DeviceFunction(World& world, DeviceBay& bay, const At& at)
    : world_(world), bay_(bay), at_(at), config_("config " + bay.settings().port + " -> " + at.name), mmio_("mmio " + at.name),
      evidence_("evidence " + at.name) {
  for (auto* boundary : {&config_, &mmio_, &evidence_}) boundary->attach(*world.adversary);
  for (auto* boundary : {&config_, &mmio_})
    boundary->leads_to([this](const trust::Message& message) { return from_host(message.bytes); });
  silicon().watch([this](bool write, std::uint64_t address, base::View bytes) { judge_dma(write, address, bytes); });
}

endpoint::Function& DeviceFunction::silicon() const { return bay_.card().function(at_.index); }

tdisp::FunctionId DeviceFunction::interface() const { return {.bits = bay_.settings().function_id.value_or(at_.id)}; }

void DeviceFunction::set_up() {
  for (const auto& [offset, address] : {std::pair{pcie::kBar0, at_.bar0}, std::pair{pcie::kBar0 + 8, at_.bar2}}) {
    bay_.root().config_write(at_.id, offset, 4, static_cast<std::uint32_t>(address));
    bay_.root().config_write(at_.id, offset + 4, 4, static_cast<std::uint32_t>(address >> 32));
  }
  bay_.root().config_write(at_.id, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
  if (!bay_.settings().ats) return;
  const unsigned ats = pcie::find(silicon().config(), pcie::ExtendedCapability::kAts);
  bay_.root().config_write(at_.id, ats + pcie::kAtsControl, 2, pcie::kAtsEnable);
  bay_.iommu().allow_translated(at_.id, true);
}

// An access of the host's own, said as the packet that it becomes.
std::optional<trust::Message> DeviceFunction::from_host(base::View bytes) {
  const auto packet = wire::decode<tlp::Tlp>(bytes);
  if (!packet) return std::nullopt;
  auto& root = bay_.root();
  if (packet->is_config() && packet->is_write()) {
    const auto value = tlp::bytes_of(*packet);
    std::uint32_t number = 0;
    for (std::size_t i = value.size(); i-- > 0;) number = number << 8 | value[i];
    root.config_write(packet->target, static_cast<unsigned>(tlp::range_of(*packet).address), static_cast<unsigned>(value.size()), number);
    return std::nullopt;
  }
  if (!packet->is_memory()) return std::nullopt;
  const auto range = tlp::range_of(*packet);
  if (packet->is_write()) {
    (void)root.mmio_write(range.address, tlp::bytes_of(*packet), false);
    return std::nullopt;
  }
  const auto got = root.mmio_read(range.address, range.size, false);
  if (got.outcome != pcie::Outcome::kOk) return std::nullopt;
  return trust::Message{.object = "MMIO_READ", .bytes = got.bytes, .reply = true};
}

std::uint32_t DeviceFunction::config_read(unsigned offset) {
  base::Bytes value;
  const std::uint32_t there = bay_.root().config_read(at_.id, offset & ~3u, 4);
  base::append_le<std::uint32_t>(value, there);
  const auto back = config_.cross({.object = "CONFIG_READ", .bytes = value, .reply = true});
  const bool came = back && back->bytes.size() >= 4;
  const std::uint32_t shown = came ? base::load_le<std::uint32_t>(back->bytes) : 0xffff'ffff;
  const unsigned at = offset & ~3u;
  if (at == kIds || at == kRevisionAndClass || at == kSubsystem) shown_otherwise_ |= shown != there;
  return shown;
}

void DeviceFunction::config_write(unsigned offset, std::uint32_t value) {
  base::Bytes bytes;
  base::append_le<std::uint32_t>(bytes, value);
  const auto there = config_.cross({.object = "CONFIG_WRITE", .bytes = bytes});
  // As VFIO does it: the guest's wish for a reset of the function is carried out, and the function's registers are put back.
  const unsigned control = pcie::find(silicon().config(), pcie::Capability::kPcie) + pcie::kDeviceControl;
  if (there && (offset & ~3u) == control && (value & pcie::kInitiateFlr) != 0) {
    bay_.reset(pcie::Reset::kFlr, at_.index);
    return at_.index == 0 ? bay_.enumerate() : set_up();
  }
  if (there && there->bytes.size() >= 4) bay_.root().config_write(at_.id, offset & ~3u, 4, base::load_le<std::uint32_t>(there->bytes));
}

std::optional<unsigned> DeviceFunction::find_register(const std::string& name, Holder holder) const {
  const unsigned branch = bay_.settings().branch;
  const auto& config = holder == Holder::kFunction ? silicon().config()
                       : holder == Holder::kAbove  ? bay_.trunk().config_above(branch)
                                                   : bay_.port().config();
  const unsigned ide = pcie::find(config, pcie::ExtendedCapability::kIde), own = holder == Holder::kFunction ? 0 : branch;
  if (ide == 0 && name.starts_with("stream")) return std::nullopt;  // the card's first function has it
  const unsigned first = ide == 0 ? 0 : pcie::ide_block(config, ide, own), second = ide == 0 ? 0 : pcie::ide_block(config, ide, own + 1);
  const std::pair<std::string_view, unsigned> kRegisters[] = {{"command", pcie::kCommand},
                                                              {"bar0", pcie::kBar0},
                                                              {"bar2", pcie::kBar0 + 8},
                                                              {"window", pcie::kPrefetchBase},
                                                              {"acs-control", pcie::find(config, pcie::ExtendedCapability::kAcs) + pcie::kAcsControl},
                                                              {"stream-control", first + pcie::kIdeStreamControl},
                                                              {"stream2-control", second + pcie::kIdeStreamControl},
                                                              {"stream-address", first + pcie::kIdeAddress}};
  for (const auto& [called, offset] : kRegisters)
    if (called == name) return offset;
  return std::nullopt;
}

bool DeviceFunction::write_register(const std::string& name, std::uint32_t value) {
  const auto offset = find_register(name, Holder::kFunction);
  if (offset) bay_.root().config_write(at_.id, *offset, 4, value);
  return offset.has_value();
}

std::optional<base::Bytes> DeviceFunction::read_as_host(unsigned bar, std::uint64_t offset, std::size_t size) {
  const auto got = bay_.root().mmio_read(address_of(bar, offset), size, false);
  if (got.outcome != pcie::Outcome::kOk) return std::nullopt;
  return got.bytes;
}

bool DeviceFunction::write_as_host(unsigned bar, std::uint64_t offset, base::View bytes) {
  return bay_.root().mmio_write(address_of(bar, offset), bytes, false) == pcie::Outcome::kOk;
}

void DeviceFunction::map_own() {
  if (!own_page_) own_page_ = world_.host.take_page();
  bay_.iommu().map(pcie::IommuTable::kHost, at_.id, kOwnPage, own_page_);
}

void DeviceFunction::map_shared(VmState& vm, std::uint64_t gpa, std::uint64_t bytes) {
  for (std::uint64_t at = gpa & ~(kPage - 1); at < gpa + bytes; at += kPage)
    if (const auto page = vm.vm.nested.translate(at)) bay_.iommu().map(pcie::IommuTable::kHost, at_.id, at, page->spa);
}

}  // namespace engine
