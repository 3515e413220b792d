#pragma once
// The reverse map table: one entry for each page of system memory that says who owns it and where its owner sees it.
// Four instructions change it (RMPUPDATE and PSMASH of the host, PVALIDATE and RMPADJUST of the guest) and firmware may
// set it; every access under SEV-SNP asks it.
//
// Promise: nothing but these members changes an entry; `check` looks and never touches. A page without an entry is the
// hypervisor's.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "platform/memory/nested_tables.h"
#include "platform/memory/ownership.h"
#include "platform/trust/defence.h"

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

// VMPL permissions of an entry.
inline constexpr std::uint8_t kPermRead = 1, kPermWrite = 2, kPermExecuteUser = 4, kPermExecuteSupervisor = 8;
inline constexpr std::uint8_t kPermAll = 0xF;

struct RmpEntry {
  bool assigned = false;   // owned by a guest or by firmware, not by the hypervisor
  bool validated = false;  // its guest accepted it
  bool immutable = false;  // RMPUPDATE and PSMASH keep off
  bool vmsa = false;       // may be used as a save area
  std::uint32_t asid = 0;  // 0 with `assigned`: firmware
  std::uint64_t gpa = 0;   // bytes, page-aligned
  memory::PageSize size = memory::PageSize::k4K;
  std::array<std::uint8_t, 4> perms{};  // by VMPL
  friend bool operator==(const RmpEntry&, const RmpEntry&) = default;
};

// Firmware ABI names of what an entry's bits amount to. Context and Metadata pages are told from Firmware pages by the
// GPA field.
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
};
std::string_view name_of(PageState state);
// convention: values of the GPA field in pages that have no GPA; the ABI leaves them to firmware.
inline constexpr std::uint64_t kContextMark = 0x7FFF'FFFF'E000;
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
  // Covers system addresses [0, bytes). `at` is where refusals stand: the name of the processor or memory controller.
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
  bool covers(std::uint64_t spa, std::uint64_t count = 1) const { return count <= bytes_ && spa <= bytes_ - count; }
  // Firmware writes entries without asking anyone. `spa` is aligned to the entry's size; smaller entries inside vanish.
  void set(std::uint64_t spa, const RmpEntry& entry);
  // LAUNCH_FINISH: what is left Pre-Guest becomes Guest-Invalid.
  void thaw(std::uint32_t asid);
  // Every page of a guest that is gone becomes Reclaim.
  void orphan(std::uint32_t asid);

  // By ascending system address, for whoever draws the map.
  const std::map<std::uint64_t, RmpEntry>& entries() const { return entries_; }

 private:
  RmpEntry* find(std::uint64_t spa);
  bool any_assigned(std::uint64_t spa, std::uint64_t count) const;

  std::uint64_t bytes_;
  trust::Defences& defences_;
  std::string_view at_;
  std::map<std::uint64_t, RmpEntry> entries_;  // by address of the first byte; never overlapping
  std::set<std::uint64_t> in_use_;             // save areas of running vCPUs
};

}  // namespace sev
