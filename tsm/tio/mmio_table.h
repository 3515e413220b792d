#pragma once
// Whose the pages of device memory are: for each 4 KiB page of system addresses that belongs to an interface, its owner, the guest
// address at which the owner has it, and whether the owner accepted it there. Asked on each private access of a guest.
//
// convention: the layout of AMD's table for MMIO is not public; this one keeps what its guest messages show (assigned, immutable,
// validated, at a guest address) and promises the same.
#include <cstdint>
#include <map>
#include <string>

#include "platform/trust/defence.h"

namespace tio {

struct MmioPage {
  std::uint32_t owner = 0;  // 0: the hypervisor's
  std::uint64_t gpa = 0;    // page-aligned
  bool immutable = false;   // an interface is bound: the hypervisor cannot change the entry
  bool validated = false;
};

class MmioTable {
 public:
  MmioTable(trust::Defences& defences, std::string at) : defences_(defences), at_(std::move(at)) {}

  // The hypervisor gives a page to a guest, or takes it back (owner 0). Refused while an interface is bound over it.
  trust::Result<> assign(std::uint64_t spa, std::uint32_t owner, std::uint64_t gpa);
  // Firmware's own. Of the pages that somebody has; one page, unless `pages` says how many, which may be more than there are.
  void freeze(std::uint64_t spa, bool immutable, std::uint64_t pages = 1);
  void validate(std::uint64_t spa, bool validated, std::uint64_t pages = 1);
  MmioPage page(std::uint64_t spa) const;
  void forget(std::uint32_t owner);

  // A private access of that guest at this guest address, which the nested tables lead to `spa`.
  trust::Result<> check(std::uint32_t owner, std::uint64_t gpa, std::uint64_t spa) const;

 private:
  template <class Visit>
  void each(std::uint64_t spa, std::uint64_t pages, Visit visit);

  trust::Defences& defences_;
  std::string at_;
  std::map<std::uint64_t, MmioPage> pages_;
};

std::vector<const trust::Defence*> mmio_defences();

}  // namespace tio
