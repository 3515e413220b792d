#pragma once
// Who owns a page of system memory, asked on every access by whoever carries it out. Vendor-neutral: the RMP, the PAMT,
// a granule table or a stage 2 of the hypervisor answers behind this face. A table looks and refuses; it never touches
// memory.
#include <cstdint>

#include "platform/trust/defence.h"

namespace memory {

struct Access {
  enum class Who { kHost, kGuest, kDevice, kFirmware };
  Who who = Who::kHost;
  std::uint32_t asid = 0;     // the guest in whose name the access is made; 0 is the host
  std::uint64_t gpa = 0;      // as translated; meaningless for the host and for untranslated DMA
  std::uint64_t spa = 0;      // system physical address
  std::uint8_t vmpl = 0;      // privilege level within the guest, 0 highest
  bool write = false;
  bool fetch = false;         // instruction fetch
  bool private_page = false;  // so say the accessor's own tables (C-bit, SHARED bit clear, protected IPA)
  bool is_2m = false;         // size of the leaf that translated it
  bool by_device = false;     // a request of a device that acts for the guest
  bool by_address = false;    // a device brought the system's address: no guest address to compare
};

class OwnershipTable {
 public:
  virtual ~OwnershipTable() = default;
  virtual trust::Result<> check(const Access& access) = 0;
};

// A machine without page ownership: everything passes.
class NoOwnership final : public OwnershipTable {
 public:
  trust::Result<> check(const Access&) override { return trust::ok(); }
};

}  // namespace memory
