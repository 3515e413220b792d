// A guest's accesses to the device's memory, and the device's to the guest's.
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}

bool DeviceBay::acts_for(const VmState& vm) const {
  return (manager_ ? manager_->owner(interface()) : firmware_->owner_of(place_.card)) == vm.vm.asid;
}

// Through the nested tables, which are the host's; where the device's memory is the guest's own, the table of device memory has to
// agree with them.
std::optional<DeviceBay::Way> DeviceBay::way_to(const VmState& vm, unsigned bar, std::uint64_t offset) const {
  const std::uint64_t gpa = (bar == 0 ? place_.bar0 : place_.bar2) + offset;
  const auto moved = moved_.find(gpa & ~(kPage - 1));
  const std::uint64_t spa = moved == moved_.end() ? gpa : moved->second + gpa % kPage;
  if (!acts_for(vm) && !private_view_.contains(&vm)) return Way{.address = spa};
  if (!mmio_table_.check(vm.vm.asid, gpa, spa)) return std::nullopt;
  return Way{.address = spa, .is_private = true, .is_right = spa == gpa};
}

void DeviceBay::move_memory(std::uint64_t gpa, std::uint64_t spa) { moved_[gpa & ~(kPage - 1)] = spa & ~(kPage - 1); }

std::optional<base::Bytes> DeviceBay::mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size) {
  const auto way = way_to(vm, bar, offset);
  if (!way) return std::nullopt;
  const auto got = root_.mmio_read(way->address, size, way->is_private);
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

bool DeviceBay::mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes) {
  const auto way = way_to(vm, bar, offset);
  if (!way) return false;
  if (way->is_private) return root_.mmio_write(way->address, bytes, true) == pcie::Outcome::kOk;
  const auto there = mmio_.cross({.object = "MMIO_WRITE", .bytes = base::bytes_of(bytes)});
  return there && root_.mmio_write(way->address, there->bytes, false) == pcie::Outcome::kOk;
}

}  // namespace engine
