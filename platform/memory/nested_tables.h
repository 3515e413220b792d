#pragma once
// The nested page tables of one VM: guest physical to system physical. They belong to the hypervisor, who may write
// anything into them at any time; whether an entry is honoured is for the ownership table to say. Low bits that a real
// entry has no room for are ignored.
#include <cstdint>
#include <map>
#include <optional>

namespace memory {

enum class PageSize { k4K, k2M };
constexpr std::uint64_t bytes_of(PageSize size) { return size == PageSize::k4K ? 0x1000 : 0x20'0000; }

struct Translation {
  std::uint64_t spa = 0;  // of the address asked for, offset included
  bool writable = false;
  PageSize size = PageSize::k4K;
  std::optional<bool> is_private{};  // where the tables say whose memory it is, and not the guest's address
  friend bool operator==(const Translation&, const Translation&) = default;
};

class NestedTables {
 public:
  struct Entry {
    std::uint64_t spa = 0;  // of the page's first byte
    bool writable = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  // Replaces whatever translated that range. A 4 KiB entry inside a 2 MiB leaf splits the leaf first.
  void map(std::uint64_t gpa, std::uint64_t spa, bool writable, PageSize size = PageSize::k4K);
  // Removes the leaf of that size. A 4 KiB hole in a 2 MiB leaf splits it; a 2 MiB hole takes all smaller leaves with
  // it.
  void unmap(std::uint64_t gpa, PageSize size = PageSize::k4K);
  std::optional<Translation> translate(std::uint64_t gpa) const;

  // By ascending guest physical address, for whoever draws or compares them.
  const std::map<std::uint64_t, Entry>& small_pages() const { return small_; }
  const std::map<std::uint64_t, Entry>& large_pages() const { return large_; }

 private:
  void split(std::uint64_t gpa);

  std::map<std::uint64_t, Entry> small_;
  std::map<std::uint64_t, Entry> large_;
};

}  // namespace memory
