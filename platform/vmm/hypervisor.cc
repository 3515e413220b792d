#include "platform/vmm/hypervisor.h"

namespace vmm {

Hypervisor::Hypervisor(memory::EncryptedMemory& memory, std::uint64_t first, std::uint64_t end)
    : memory_(memory), next_(first), end_(end) {}

std::uint64_t Hypervisor::take_page() {
  if (next_ + 4096 > end_) return 0;
  const std::uint64_t page = next_;
  next_ += 4096;
  return page;
}

std::uint64_t Hypervisor::back(cpu::Vm& vm, std::uint64_t gpa) {
  gpa &= ~std::uint64_t{0xFFF};
  if (const auto known = vm.nested.translate(gpa)) return known->spa;
  const std::uint64_t spa = take_page();
  if (spa != 0) vm.nested.map(gpa, spa, true);
  return spa;
}

cpu::CpuidLeaf Hypervisor::cpuid(std::uint32_t leaf, std::uint32_t subleaf) const {
  for (const auto& known : cpuid_)
    if (known.leaf == leaf && known.subleaf == subleaf) return known;
  return {.leaf = leaf, .subleaf = subleaf};
}

}  // namespace vmm
