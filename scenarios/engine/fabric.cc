#include "scenarios/engine/fabric.h"

#include "scenarios/engine/world.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}  // namespace

Fabric::Fabric(World& world)
    : world_(world), iommu_("iommu0", world.defences), root_("rc0", *this, iommu_, world.defences) {}

// T bit: in the VM's name, through its own key, at the address that its nested tables give. Else as the host's own.
std::optional<Fabric::Reach> Fabric::reach(const pcie::DmaAccess& access, bool write) {
  VmState* owner = nullptr;
  for (auto& vm : world_.vms)
    if (access.trusted && vm->vm.asid == access.owner) owner = vm.get();
  const bool is_private = owner && owner->vm.space.is_private(access.iova & ~(kPage - 1));
  memory::Access asked{.who = owner ? memory::Access::Who::kGuest : memory::Access::Who::kDevice,
                       .asid = owner ? owner->vm.asid : 0,
                       .gpa = access.iova & ~(kPage - 1),
                       .spa = access.address,
                       .write = write,
                       .private_page = is_private};
  if (!world_.technology->table().check(asked)) return std::nullopt;
  return Reach{access.address, is_private ? owner->vm.key : memory::KeyId::kNone};
}

std::optional<base::Bytes> Fabric::dma_read(const pcie::DmaAccess& access, std::size_t size) {
  const auto at = reach(access, false);
  base::Bytes out(size);
  if (!at || !world_.memory.read(at->key, at->spa, out)) return std::nullopt;
  return out;
}

bool Fabric::dma_write(const pcie::DmaAccess& access, base::View bytes) {
  const auto at = reach(access, true);
  if (!at || !world_.memory.write(at->key, at->spa, bytes)) return false;
  if (!access.trusted) world_.oracle.seen("host", at->spa, bytes, world_.sim.now());  // what is not private is the host's to read
  return true;
}

}  // namespace engine
