#pragma once
// The host's own business with memory and processor: which pages are free, which VM has which, what CPUID says. It does its job
// faithfully; every choice of it is a place where an adversary in its position can choose otherwise.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
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
  // Sockets on which the host has caches written back before a key id is used again, counted from the first: all of them.
  unsigned sockets_written_back() const { return std::min(written_back_, memory_.settings().sockets); }
  void write_back_only(unsigned sockets) { written_back_ = sockets; }
  // The table that is asked before the host clears or uses a page: memory that the processor keeps from it is not its to give away,
  // whatever its own books say. None: all of it is. Not longer than `table`.
  void asks(memory::OwnershipTable* table) { table_ = table; }
  // A page that nobody has; 0 when there is none left. One that somebody had before is cleared.
  std::uint64_t take_page();
  // A page that whoever had it needs no more; what was never given away is left alone.
  void give_back(std::uint64_t spa);
  void leave_uncleared() { clears_ = false; }
  // Does all of it again.
  void behave() { written_back_ = ~0u, clears_ = true; }
  // Others run here too: before each page that is given away they take as many as `others` says, use them, and give
  // back what they had longest.
  void share_with(std::function<std::uint64_t()> others) { others_ = std::move(others); }
  // Backs a page of the VM, if it is not backed yet; the system address, 0 when memory is out.
  std::uint64_t back(cpu::Vm& vm, std::uint64_t gpa);

  void set_cpuid(std::vector<cpu::CpuidLeaf> leaves) { cpuid_ = std::move(leaves); }
  const std::vector<cpu::CpuidLeaf>& cpuid_leaves() const { return cpuid_; }
  // Zeroes for a leaf that the processor does not have.
  cpu::CpuidLeaf cpuid(std::uint32_t leaf, std::uint32_t subleaf) const;

 private:
  std::uint64_t next_page();
  bool store(std::uint64_t page, std::uint8_t filling);

  memory::EncryptedMemory& memory_;
  memory::OwnershipTable* table_ = nullptr;
  std::uint64_t first_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::set<std::uint64_t> given_back_;
  std::function<std::uint64_t()> others_;
  std::deque<std::uint64_t> of_others_;
  std::vector<cpu::CpuidLeaf> cpuid_;
  unsigned written_back_ = ~0u;
  bool clears_ = true;
};

}  // namespace vmm
