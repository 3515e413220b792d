#pragma once
// The host's own business with memory and processor: which pages are free, which VM has which, what CPUID says. It does its job
// faithfully; every choice of it is a place where an adversary in its position can choose otherwise.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "platform/cpu/technology.h"

namespace vmm {

class Hypervisor {
 public:
  // System memory [first, end) is the host's to give away.
  Hypervisor(memory::EncryptedMemory& memory, std::uint64_t first, std::uint64_t end);
  Hypervisor(const Hypervisor&) = delete;
  Hypervisor& operator=(const Hypervisor&) = delete;

  memory::EncryptedMemory& memory() { return memory_; }
  // A page that nobody has; 0 when there is none left.
  std::uint64_t take_page();
  // Backs a page of the VM, if it is not backed yet; the system address, 0 when memory is out.
  std::uint64_t back(cpu::Vm& vm, std::uint64_t gpa);

  void set_cpuid(std::vector<cpu::CpuidLeaf> leaves) { cpuid_ = std::move(leaves); }
  const std::vector<cpu::CpuidLeaf>& cpuid_leaves() const { return cpuid_; }
  // Zeroes for a leaf that the processor does not have.
  cpu::CpuidLeaf cpuid(std::uint32_t leaf, std::uint32_t subleaf) const;

 private:
  memory::EncryptedMemory& memory_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::vector<cpu::CpuidLeaf> cpuid_;
};

}  // namespace vmm
