#pragma once
// The reverse map table: one entry for each page of system memory that says who owns it and where its owner sees it.
// Four instructions change it (RMPUPDATE and PSMASH of the host, PVALIDATE and RMPADJUST of the guest) and firmware may
// set it; every access under SEV-SNP asks it.
//
// The table lies in system memory, in the clear, 16 bytes a page, and is looked up there on every access: whoever gets at those
// bytes gets at the ownership of pages. It guards itself, since its own pages are firmware's from `protect` on.
//
// Promise: these members change entries only as their specifications say; `check` looks and never touches. A page whose
// entry is zero is the hypervisor's.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "platform/memory/encrypted_memory.h"
#include "platform/memory/nested_tables.h"
#include "platform/memory/ownership.h"
#include "platform/trust/defence.h"
#include "tsm/sev/rmp_entry.h"

namespace sev {

// EAX of RMPUPDATE, PSMASH, PVALIDATE and RMPADJUST. kNoUpdate is what software makes of PVALIDATE's carry flag.
enum class RmpResult : std::uint32_t {
  kSuccess = 0,
  kFailInput = 1,
  kFailPermission = 2,
  kFailInUse = 3,
  kFailOverlap = 4,
  kFailSizeMismatch = 6,
  kNoUpdate = 255,
};

// Firmware ABI names of what an entry's bits amount to. A Context page is told from a Firmware page by the VMSA bit, which
// RMPUPDATE cannot set, and a Metadata page by its GPA (AMD-ASPFW, page states).
enum class PageState {
  kHypervisor,
  kReclaim,
  kFirmware,
  kContext,
  kMetadata,
  kPreGuest,
  kPreSwap,
  kGuestInvalid,
  kGuestValid,
  kTable,  // the table's own pages: firmware's, and no command's to use
};
std::string_view name_of(PageState state);
// convention: values of the GPA field in pages that have no GPA; the ABI leaves them to firmware.
inline constexpr std::uint64_t kTableMark = 0x7FFF'FFFF'C000;
inline constexpr std::uint64_t kMetadataMark = 0x7FFF'FFFF'D000;
PageState state_of(const RmpEntry& entry);

struct RmpUpdate {
  bool assigned = false;
  std::uint32_t asid = 0;
  std::uint64_t gpa = 0;
  memory::PageSize size = memory::PageSize::k4K;
  bool immutable = false;
};

// Who is told of a refused access, and with which error code.
struct Fault {
  enum class Seen {
    kHostPageFault,    // #PF, error code
    kHostNestedFault,  // VMEXIT_NPF, EXITINFO1
    kGuestVc,          // #VC, error code
    kIommuAbort,       // event log; the device sees an abort
    kVmrunInvalid,     // VMEXIT_INVALID
  };
  Seen seen = Seen::kHostPageFault;
  std::uint64_t error = 0;
  friend bool operator==(const Fault&, const Fault&) = default;
};
inline constexpr std::uint64_t kPferrWrite = 1ull << 1, kPferrFetch = 1ull << 4, kPferrRmp = 1ull << 31,
                               kPferrGuestEnc = 1ull << 34, kPferrGuestSize = 1ull << 35, kPferrGuestVmpl = 1ull << 36;
inline constexpr std::uint64_t kVcPageNotValidated = 0x404;

// The fault that a refusal of the RMP takes the form of.
Fault fault_of(const trust::Refusal& refusal, const memory::Access& access);

class Rmp final : public memory::OwnershipTable {
 public:
  // Covers all of that memory, in which its table begins at `base`. `at` is where refusals stand: the name of the processor or
  // memory controller.
  Rmp(memory::EncryptedMemory& memory, std::uint64_t base, trust::Defences& defences, std::string_view at = "rmp");
  // Covers system addresses [0, bytes), with the table out of everybody's reach.
  Rmp(std::uint64_t bytes, trust::Defences& defences, std::string_view at = "rmp");
  Rmp(const Rmp&) = delete;
  Rmp& operator=(const Rmp&) = delete;

  trust::Result<> check(const memory::Access& access) override;
  // VMRUN of that guest with this save area. The page stays in use until `leave`.
  trust::Result<> enter(std::uint32_t asid, std::uint64_t vmsa_spa);
  void leave(std::uint64_t vmsa_spa);

  // Host.
  trust::Result<RmpResult> rmpupdate(std::uint64_t spa, const RmpUpdate& update);
  RmpResult psmash(std::uint64_t spa);
  // Guest; `page` is the operand as the guest's tables and the nested tables translate it. A refusal is a fault, not a
  // result.
  trust::Result<RmpResult> pvalidate(const memory::Access& page, memory::PageSize size, bool validate);
  trust::Result<RmpResult> rmpadjust(const memory::Access& page, memory::PageSize size, std::uint8_t target_vmpl,
                                     std::uint8_t perms, bool vmsa);
  // Firmware, on PAGE_RECLAIM: false unless the page is Firmware, Metadata, Pre-Guest, Pre-Swap or Reclaim.
  bool reclaim(std::uint64_t spa);

  // The entry that covers the page, its GPA moved to this page and its size as stored; no entry reads as Hypervisor.
  RmpEntry entry(std::uint64_t spa) const;
  PageState state(std::uint64_t spa) const { return state_of(entry(spa)); }
  // The same for whoever watches and must leave no trace in caches.
  RmpEntry peek(std::uint64_t spa) const;
  bool in_use(std::uint64_t vmsa_spa) const { return in_use_.contains(vmsa_spa & ~std::uint64_t{0xFFF}); }  // its vCPU runs
  bool covers(std::uint64_t spa, std::uint64_t count = 1) const { return count <= bytes_ && spa <= bytes_ - count; }
  // Firmware writes entries without asking anyone. `spa` is aligned to the entry's size; smaller entries inside vanish.
  void set(std::uint64_t spa, const RmpEntry& entry);
  // LAUNCH_FINISH: what is left Pre-Guest becomes Guest-Invalid.
  void thaw(std::uint32_t asid);
  // Every page of a guest that is gone becomes Reclaim.
  void orphan(std::uint32_t asid);

  // Firmware, on SNP_INIT: from here on the table's own pages are nobody else's to write. The security processor writes past the
  // cores' caches: a line of the table that a core still holds dirty counts for the cores, and overwrites the entry one day.
  void protect();
  bool clean() const { return !memory_.any_dirty(base_, entry_address(bytes_) - base_); }  // no core holds such a line
  void flush() { memory_.write_back(base_, entry_address(bytes_) - base_); }
  // The entries that guard the table itself.
  std::uint64_t own_entries() const { return entry_address(base_); }
  std::uint64_t own_entry_bytes() const { return ((entry_address(bytes_) - 1) / 4096 - base_ / 4096 + 1) * kRmpEntryBytes; }

  // Where the entry of that page lies.
  std::uint64_t entry_address(std::uint64_t spa) const { return base_ + kRmpBookkeeping + (spa >> 12) * kRmpEntryBytes; }
  // What is assigned, by ascending system address, for whoever draws the map.
  std::map<std::uint64_t, RmpEntry> entries() const;

 private:
  std::optional<std::uint64_t> find(std::uint64_t spa) const;  // where the entry that covers the page is kept
  bool any_assigned(std::uint64_t spa, std::uint64_t count) const;
  RmpEntry load(std::uint64_t spa) const;
  static RmpEntry covering(const RmpEntry& small, const RmpEntry& large, std::uint64_t spa);
  void store(std::uint64_t spa, const RmpEntry& entry);
  void clear(std::uint64_t spa, std::uint64_t count);
  template <class Visit>
  void for_each(std::uint64_t from, std::uint64_t to, Visit visit) const;  // of what is assigned

  std::unique_ptr<memory::EncryptedMemory> own_memory_;
  memory::EncryptedMemory& memory_;
  std::uint64_t base_;
  std::uint64_t bytes_;
  trust::Defences& defences_;
  std::string_view at_;
  std::set<std::uint64_t> in_use_;             // save areas of running vCPUs
};

}  // namespace sev
