#include "platform/vmm/hypervisor.h"

namespace vmm {

namespace {
constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kOthersKeep = 8;  // pages that others on the machine have at a time
}  // namespace

Hypervisor::Hypervisor(memory::EncryptedMemory& memory, std::uint64_t first, std::uint64_t end)
    : memory_(memory), first_(first), next_(first), end_(end) {}

std::uint64_t Hypervisor::take_page() {
  if (!others_) return next_page();
  for (std::uint64_t count = others_(); count != 0; --count) {
    const std::uint64_t page = next_page();
    if (page == 0) break;
    (void)store(page, 0xA5);
    of_others_.push_back(page);
  }
  for (; of_others_.size() > kOthersKeep; of_others_.pop_front()) give_back(of_others_.front());
  return next_page();
}

std::uint64_t Hypervisor::next_page() {
  while (!given_back_.empty()) {
    const std::uint64_t page = given_back_.extract(given_back_.begin()).value();
    if (!clears_ || store(page, 0)) return page;
  }
  if (next_ + kPage > end_) return 0;
  const std::uint64_t page = next_;
  next_ += kPage;
  return page;
}

bool Hypervisor::store(std::uint64_t page, std::uint8_t filling) {
  if (table_ && !table_->check({.who = memory::Access::Who::kHost, .spa = page, .write = true})) return false;
  return static_cast<bool>(memory_.write(memory::KeyId::kNone, page, base::Bytes(kPage, filling)));
}

void Hypervisor::give_back(std::uint64_t spa) {
  if (spa >= first_ && spa < next_ && spa % kPage == 0) given_back_.insert(spa);
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
