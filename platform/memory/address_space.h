#pragma once
// The guest's own view of its physical addresses: which 4 KiB pages it treats as private (the C-bit of its page tables,
// a clear SHARED bit, the protected half of the IPA space). It stands for page tables in private memory: only the guest
// writes it.
#include <cstdint>
#include <map>

namespace memory {

class AddressSpace {
 public:
  enum class Attribute { kPrivate, kShared };

  // `bytes` of guest physical memory from address 0, all with the attribute `initial`.
  explicit AddressSpace(std::uint64_t bytes, Attribute initial = Attribute::kPrivate);

  std::uint64_t bytes() const { return bytes_; }
  bool contains(std::uint64_t gpa, std::uint64_t count = 1) const { return count <= bytes_ && gpa <= bytes_ - count; }

  // Every page that the range touches. What lies past the end of the space is left out.
  void set(std::uint64_t gpa, std::uint64_t count, Attribute attribute);
  // Outside of the space everything is shared: nothing private can be there.
  Attribute at(std::uint64_t gpa) const;
  bool is_private(std::uint64_t gpa) const { return at(gpa) == Attribute::kPrivate; }

  // First address of each run of pages with one attribute, ascending; neighbours differ.
  const std::map<std::uint64_t, Attribute>& runs() const { return runs_; }

 private:
  std::uint64_t bytes_;
  std::map<std::uint64_t, Attribute> runs_;
};

}  // namespace memory
