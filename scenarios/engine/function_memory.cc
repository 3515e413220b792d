// A guest's accesses to the device's memory, the device's to the guest's, and who allows either.
#include <utility>

#include "platform/pcie/config_builder.h"
#include "platform/protocol/tio/calls.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}

bool DeviceFunction::acts_for(const VmState& vm) const {
  return bay_.acts_for(*this) == vm.vm.asid;
}

// Through the nested tables, which are the host's, or a technology's own; where the device's memory is the guest's own, the table of
// device memory has to agree with them.
std::optional<DeviceFunction::Way> DeviceFunction::way_to(const VmState& vm, unsigned bar, std::uint64_t offset) const {
  const std::uint64_t gpa = address_of(bar, offset);
  const auto moved = moved_.find(gpa & ~(kPage - 1));
  const std::uint64_t nested = moved == moved_.end() ? gpa : moved->second + gpa % kPage;
  if (!acts_for(vm) && !private_view_.contains(&vm)) return Way{.address = nested};
  const std::uint64_t spa = world_.technology->device_memory(vm.vm, gpa, nested);
  if (!bay_.mmio_table().check(vm.vm.asid, gpa, spa)) return std::nullopt;
  return Way{.address = spa, .is_private = true, .is_right = spa == gpa};
}

void DeviceFunction::move_memory(std::uint64_t gpa, std::uint64_t spa) { moved_[gpa & ~(kPage - 1)] = spa & ~(kPage - 1); }

std::optional<base::Bytes> DeviceFunction::mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size) {
  const auto way = way_to(vm, bar, offset);
  if (!way) return std::nullopt;
  const auto got = bay_.root().mmio_read(way->address, size, way->is_private);
  if (got.outcome != pcie::Outcome::kOk) return std::nullopt;
  if (way->is_private) {
    judge_use(vm);
    if (!way->is_right)
      world_.oracle.breach(trust::Promise::kIntegrity, vm.name + " reads private device memory from another place than it accepted",
                           world_.sim.now());
    return got.bytes;
  }
  const auto back = mmio_.cross({.object = "MMIO_READ", .bytes = got.bytes, .reply = true});
  if (!back) return std::nullopt;
  if (recognises_.contains(&vm)) judge_use(vm);
  return back->bytes;
}

bool DeviceFunction::mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes) {
  const auto way = way_to(vm, bar, offset);
  if (!way) return false;
  if (way->is_private) return bay_.root().mmio_write(way->address, bytes, true) == pcie::Outcome::kOk;
  const auto there = mmio_.cross({.object = "MMIO_WRITE", .bytes = base::bytes_of(bytes)});
  return there && bay_.root().mmio_write(way->address, there->bytes, false) == pcie::Outcome::kOk;
}

template <class Visit>
void DeviceFunction::for_each_page(Visit visit) const {
  for (const std::uint16_t bar : {0, 2})
    if (const auto window = pcie::bar_window(silicon().config(), bar))
      for (std::uint64_t at = window->base; at < window->base + window->size; at += kPage) visit(at);
}

void DeviceFunction::give_memory(const cpu::Vm& vm) {
  for_each_page([&](std::uint64_t spa) { (void)bay_.mmio_table().assign(spa, vm.asid, spa); });
}

void DeviceFunction::take_memory() {
  for_each_page([&](std::uint64_t spa) { (void)bay_.mmio_table().assign(spa, 0, 0); });
}

std::vector<tio::MemoryRange> DeviceFunction::memory() const {
  std::vector<tio::MemoryRange> out;
  for (const std::uint16_t bar : {0, 2})
    if (const auto window = pcie::bar_window(silicon().config(), bar)) out.push_back({window->base, window->size});
  return out;
}

// simplified: the host's tables for the device lead where the guest's nested tables lead at this moment.
void DeviceFunction::map_dma(const cpu::Vm& vm) {
  for (const auto& [gpa, page] : vm.nested.small_pages()) bay_.iommu().map(pcie::IommuTable::kTrusted, at_.id, gpa, page.spa, true);
  writes_anywhere_ = true;
}

void DeviceFunction::part_from(const VmState& vm) {
  lets_go(vm);
  moved_.clear();
}

bool DeviceFunction::call(VmState& vm, std::uint32_t code, base::View in) {
  const auto owner = static_cast<tio::Owner>(vm.vm.asid);
  const base::Bytes bytes = base::bytes_of(in);
  auto& firmware = bay_.firmware();
  switch (static_cast<tio::Call>(code)) {
    case tio::Call::kProgramKey:
    case tio::Call::kGo: return bay_.key_call(owner, code, in);
    case tio::Call::kBind: {
      const auto c = wire::decode<tio::Bind>(bytes);
      if (!c || !firmware.bind(owner, c->stream, at_.id)) return false;
      // The function's memory is the guest's with it, where the guest sees it.
      for_each_page([&](std::uint64_t spa) {
        (void)bay_.mmio_table().assign(spa, owner, spa);
        bay_.mmio_table().validate(spa, true);
        bay_.mmio_table().freeze(spa, true);
        given_.insert(spa);
      });
      return true;
    }
    case tio::Call::kMapDma: {
      const auto c = wire::decode<tio::MapDma>(bytes);
      if (!c || c->gpa % kPage != 0 || c->bytes > kVmBytes || c->gpa > kVmBytes - c->bytes) return false;
      for (std::uint64_t at = c->gpa; at < c->gpa + c->bytes; at += kPage) {
        const auto page = world_.technology->translate(vm.vm, at, vm.vm.space.is_private(at));
        if (!page || !firmware.map(owner, at_.id, at, page->spa, c->writable != 0)) return false;
        if (c->writable != 0) writable_.insert(at);
      }
      return true;
    }
    case tio::Call::kRelease:
      firmware.release(owner, at_.id);
      for (const std::uint64_t spa : std::exchange(given_, {})) {
        bay_.mmio_table().freeze(spa, false);
        (void)bay_.mmio_table().assign(spa, 0, 0);
      }
      lets_go(vm);
      writable_.clear();
      return true;
  }
  return false;
}

}  // namespace engine
