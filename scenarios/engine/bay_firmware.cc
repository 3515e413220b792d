// Whoever holds the root port's keys and the tables of trusted DMA: thin firmware, the host itself, or firmware that speaks to the
// device.
#include "platform/pcie/config_builder.h"
#include "platform/protocol/tio/calls.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}

template <class Visit>
void DeviceBay::for_each_page(Visit visit) const {
  for (const std::uint16_t bar : {0, 2})
    if (const auto window = pcie::bar_window(card_->function(0).config(), bar))
      for (std::uint64_t at = window->base; at < window->base + window->size; at += kPage) visit(at);
}

void DeviceBay::serve_firmware(sev::SevMachine& machine) {
  auto random = std::make_shared<sim::Random>(world_.run.seed, "psp0.tio." + settings_.device);
  manager_ = std::make_unique<tio::DeviceManager>(
      "psp0", std::vector<tio::DeviceManager::Function>{{.id = place_.card, .interface = interface()}}, *firmware_, [random](std::span<std::uint8_t> out) { random->fill(out); },
      [this](base::View object) { return this->object(object); }, world_.defences);
  machine.psp().attach(*manager_, mmio_table_);
}

std::string DeviceBay::start_firmware(sev::SevMachine& machine) {
  return machine.start_tio(*this, place_.bridge, {{.id = place_.card, .interface = interface().bits}}, settings_.stream);
}

std::optional<base::Bytes> DeviceBay::evidence(tio::EvidencePart part) {
  static constexpr const char* kNames[] = {"DEVICE_NEGOTIATION", "DEVICE_CERTIFICATES", "DEVICE_KEY_EXCHANGE", "DEVICE_MEASUREMENTS",
                                           "DEVICE_REPORT"};
  const auto index = static_cast<std::uint32_t>(part) - 1;
  if (!manager_ || index >= std::size(kNames)) return std::nullopt;
  const auto carried = evidence_.cross({.object = kNames[index], .bytes = manager_->evidence(interface(), part), .reply = true});
  if (!carried) return std::nullopt;
  return carried->bytes;
}

void DeviceBay::give_memory(const cpu::Vm& vm, std::uint16_t) {
  for_each_page([&](std::uint64_t spa) { (void)mmio_table_.assign(spa, vm.asid, spa); });
}

void DeviceBay::take_memory(const cpu::Vm&, std::uint16_t) {
  for_each_page([&](std::uint64_t spa) { (void)mmio_table_.assign(spa, 0, 0); });
}

// simplified: the host's tables for the device lead where the guest's nested tables lead at this moment.
void DeviceBay::map_dma(const cpu::Vm& vm, std::uint16_t) {
  for (const auto& [gpa, page] : vm.nested.small_pages()) {
    iommu_.map(pcie::IommuTable::kTrusted, place_.card, gpa, page.spa, true);
    writable_.insert(gpa);
  }
}

void DeviceBay::part_from(const VmState& vm) {
  firmware_->forget(vm.vm.asid);
  mmio_table_.forget(vm.vm.asid);
  lets_go(vm);
  moved_.clear();
  reset(pcie::Reset::kHot);
  enumerate();
}

bool DeviceBay::call(VmState& vm, std::uint32_t code, base::View in) {
  const auto owner = static_cast<tio::Owner>(vm.vm.asid);
  base::Bytes bytes = base::bytes_of(in);
  const auto which = static_cast<tio::Call>(code);
  // Without platform firmware the host programs its own root port: whoever holds the host sees the keys go by.
  if (settings_.style == "none" && (which == tio::Call::kProgramKey || which == tio::Call::kGo)) {
    static const wire::Schema kKey = wire::schema_of<tio::ProgramKey>("tio.PROGRAM_KEY");
    const auto there = keys_.cross({.object = which == tio::Call::kGo ? "GO" : "PROGRAM_KEY", .bytes = bytes,
                                    .schema = which == tio::Call::kGo ? nullptr : &kKey});
    if (!there) return false;
    bytes = there->bytes;
  }
  switch (which) {
    case tio::Call::kProgramKey: {
      const auto c = wire::decode<tio::ProgramKey>(bytes);
      if (!c || c->direction > 1 || c->sub_stream > 2 || c->key_set > 1) return false;
      const pcie::KeySlot slot{c->key_set, static_cast<ide::Direction>(c->direction), static_cast<ide::SubStream>(c->sub_stream)};
      return static_cast<bool>(firmware_->program(owner, c->stream, slot, c->key));
    }
    case tio::Call::kGo: {
      const auto c = wire::decode<tio::Go>(bytes);
      if (!c || c->direction > 1 || c->key_set > 1) return false;
      if (!firmware_->go(owner, c->stream, c->key_set, static_cast<ide::Direction>(c->direction))) return false;
      if (c->direction == static_cast<std::uint8_t>(ide::Direction::kTransmit) && !port_->ide().find(c->stream)->enabled()) enable_stream();
      return true;
    }
    case tio::Call::kBind: {
      const auto c = wire::decode<tio::Bind>(bytes);
      if (!c || !firmware_->bind(owner, c->stream, place_.card)) return false;
      // The function's memory is the guest's with it, where the guest sees it.
      for_each_page([&](std::uint64_t spa) {
        (void)mmio_table_.assign(spa, owner, spa);
        mmio_table_.validate(spa, true);
        mmio_table_.freeze(spa, true);
      });
      return true;
    }
    case tio::Call::kMapDma: {
      const auto c = wire::decode<tio::MapDma>(bytes);
      if (!c || c->gpa % kPage != 0 || c->bytes > kVmBytes || c->gpa > kVmBytes - c->bytes) return false;
      for (std::uint64_t at = c->gpa; at < c->gpa + c->bytes; at += kPage) {
        const auto page = vm.vm.nested.translate(at);
        if (!page || !firmware_->map(owner, place_.card, at, page->spa, c->writable != 0)) return false;
        if (c->writable != 0) writable_.insert(at);
      }
      return true;
    }
    case tio::Call::kRelease:
      firmware_->release(owner, place_.card);
      mmio_table_.forget(owner);
      lets_go(vm);
      writable_.clear();
      return true;
  }
  return false;
}

}  // namespace engine
