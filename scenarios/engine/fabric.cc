#include "scenarios/engine/fabric.h"

#include <algorithm>

#include "scenarios/engine/trunk.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;

// What the C-bit of a translated address would say: where the owner has this page, and so whether as a private one.
std::optional<std::uint64_t> gpa_of(const VmState& vm, std::uint64_t spa) {
  for (const auto& [gpa, page] : vm.vm.nested.small_pages())
    if (page.spa == (spa & ~(kPage - 1))) return gpa;
  return std::nullopt;
}
}  // namespace

Fabric::Fabric(World& world)
    : world_(world), iommu_("iommu0", world.defences), root_("rc0", *this, iommu_, world.defences) {}

Fabric::~Fabric() = default;

Trunk& Fabric::trunk(const DeviceSettings& card) {
  auto& trunk = trunks_[card.port];
  if (trunk) return *trunk;
  std::vector<DeviceSettings> cards;
  std::copy_if(world_.settings.devices.begin(), world_.settings.devices.end(), std::back_inserter(cards),
               [&](const auto& one) { return one.port == card.port; });
  if (cards.empty()) cards = {card};
  trunk = std::make_unique<Trunk>(world_, root_, iommu_, cards);
  return *trunk;
}

// T bit: in the VM's name, through its own key, at the address that its nested tables give. Else as the host's own.
std::optional<Fabric::Reach> Fabric::reach(const pcie::DmaAccess& access, bool write) {
  VmState* owner = nullptr;
  for (auto& vm : world_.vms)
    if (access.trusted && vm->vm.asid == access.owner) owner = vm.get();
  // With a translated address nobody looks a guest address up; what leads to none of the owner's pages is taken for private.
  const auto gpa = access.translated && owner ? gpa_of(*owner, access.address) : std::optional(access.iova & ~(kPage - 1));
  const bool is_private = owner && (!gpa || owner->vm.space.is_private(*gpa));
  memory::Access asked{.who = owner ? memory::Access::Who::kGuest : memory::Access::Who::kDevice,
                       .asid = owner ? owner->vm.asid : 0,
                       .gpa = gpa.value_or(0),
                       .spa = access.address,
                       .write = write,
                       .private_page = is_private,
                       .by_device = owner != nullptr,
                       .by_address = access.translated};
  if (!world_.technology->table().check(asked)) return std::nullopt;
  return Reach{access.address, is_private ? owner->vm.key : memory::KeyId::kNone};
}

std::optional<base::Bytes> Fabric::dma_read(const pcie::DmaAccess& access, std::size_t size) {
  const auto at = reach(access, false);
  base::Bytes out(size);
  if (!at) return std::nullopt;
  if (!world_.memory.read(at->key, at->spa, out)) {
    world_.technology->poisoned_for_device();
    return std::nullopt;
  }
  return out;
}

bool Fabric::dma_write(const pcie::DmaAccess& access, base::View bytes) {
  const auto at = reach(access, true);
  if (!at || !world_.memory.write(at->key, at->spa, bytes)) return false;
  if (!access.trusted) world_.oracle.seen("host", at->spa, bytes, world_.sim.now());  // what is not private is the host's to read
  return true;
}

}  // namespace engine
