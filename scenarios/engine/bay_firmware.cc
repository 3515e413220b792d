// Whoever holds the root port's keys and the tables of trusted DMA: thin firmware, the host itself, or firmware that speaks to the
// device.
#include "platform/base/check.h"
#include "platform/protocol/tio/calls.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

tio::Attachment DeviceBay::serve_firmware(const std::string& keeper) {
  std::vector<tio::DeviceManager::Function> functions;
  for (const auto& function : functions_) functions.push_back({.id = function->at().id, .interface = function->interface()});
  auto random = std::make_shared<sim::Random>(world_.run.seed, keeper + ".tio." + settings_.device);
  manager_ = std::make_unique<tio::DeviceManager>(
      keeper, functions, *firmware_, [random](std::span<std::uint8_t> out) { random->fill(out); },
      [this](base::View object) { return this->object(object); }, world_.defences);
  return {.firmware = manager_.get(), .mmio = &mmio_table_, .host = this, .root_port = place_.bridge, .functions = functions,
          .stream = settings_.stream};
}

std::optional<base::Bytes> DeviceFunction::evidence(tio::EvidencePart part) {
  static constexpr const char* kNames[] = {"DEVICE_NEGOTIATION", "DEVICE_CERTIFICATES", "DEVICE_KEY_EXCHANGE", "DEVICE_MEASUREMENTS",
                                           "DEVICE_REPORT"};
  const auto index = static_cast<std::uint32_t>(part) - 1;
  if (!bay_.managed() || index >= std::size(kNames)) return std::nullopt;
  const auto carried = evidence_.cross({.object = kNames[index], .bytes = bay_.manager().evidence(interface(), part), .reply = true});
  if (!carried) return std::nullopt;
  return carried->bytes;
}

DeviceFunction& DeviceBay::at(std::uint16_t function) const {
  for (const auto& there : functions_)
    if (there->at().id == function) return *there;
  base::check(false, "firmware knows the functions of the card");
  return *functions_.front();
}

void DeviceBay::give_memory(const cpu::Vm& vm, std::uint16_t function) { at(function).give_memory(vm); }

void DeviceBay::take_memory(const cpu::Vm&, std::uint16_t function) { at(function).take_memory(); }

std::vector<tio::MemoryRange> DeviceBay::memory(std::uint16_t function) const { return at(function).memory(); }

void DeviceBay::map_dma(const cpu::Vm& vm, std::uint16_t function) { at(function).map_dma(vm); }

bool DeviceBay::secure() const {
  const auto* here = port_->ide().find(settings_.stream);
  const auto* there = card_->endpoint().ide().find(settings_.stream);
  return here && here->secure() && there && there->secure();
}

tio::Owner DeviceBay::acts_for(const DeviceFunction& function) const {
  return manager_ ? manager_->owner(function.interface()) : firmware_->owner_of(function.at().id);
}

void DeviceBay::part_from(const VmState& vm) {
  firmware_->forget(vm.vm.asid);
  mmio_table_.forget(vm.vm.asid);
  for (const auto& function : functions_) function->part_from(vm);
  reset(pcie::Reset::kHot, 0);
  enumerate();
}

// Without platform firmware the host programs its own root port: whoever holds the host sees the keys go by.
bool DeviceBay::key_call(tio::Owner owner, std::uint32_t code, base::View in) {
  const bool go = static_cast<tio::Call>(code) == tio::Call::kGo;
  base::Bytes bytes = base::bytes_of(in);
  if (settings_.style == "none") {
    static const wire::Schema kKey = wire::schema_of<tio::ProgramKey>("tio.PROGRAM_KEY");
    const auto there = keys_.cross({.object = go ? "GO" : "PROGRAM_KEY", .bytes = bytes, .schema = go ? nullptr : &kKey});
    if (!there) return false;
    bytes = there->bytes;
  }
  if (go) {
    const auto c = wire::decode<tio::Go>(bytes);
    if (!c || c->direction > 1 || c->key_set > 1) return false;
    if (!firmware_->go(owner, c->stream, c->key_set, static_cast<ide::Direction>(c->direction))) return false;
    if (c->direction == static_cast<std::uint8_t>(ide::Direction::kTransmit) && !port_->ide().find(c->stream)->enabled()) enable_stream();
    return true;
  }
  const auto c = wire::decode<tio::ProgramKey>(bytes);
  if (!c || c->direction > 1 || c->sub_stream > 2 || c->key_set > 1) return false;
  const pcie::KeySlot slot{c->key_set, static_cast<ide::Direction>(c->direction), static_cast<ide::SubStream>(c->sub_stream)};
  return static_cast<bool>(firmware_->program(owner, c->stream, slot, c->key));
}

}  // namespace engine
