#pragma once
// What the reverse map table refuses.
#include <span>

#include "tsm/sev/rmp.h"

namespace sev {

struct AccessCase {
  const memory::Access& access;
  const RmpEntry& entry;  // of the page touched, GPA moved to it
  bool any_assigned;      // in the leaf that the accessor's mapping covers
  bool firmware() const { return access.who == memory::Access::Who::kFirmware; }
  // Firmware asks the states of pages itself, command by command.
  bool of_owner() const { return access.private_page && access.asid != 0 && !firmware(); }
  bool shared_write() const { return access.write && !of_owner() && !firmware(); }
  bool permitted() const {
    std::uint8_t perms = entry.perms[access.vmpl & 3];
    if (access.fetch) return perms & (kPermExecuteUser | kPermExecuteSupervisor);
    return perms & (access.write ? kPermWrite : kPermRead);
  }
};

// In the order in which the processor looks (APM volume 2, 15.36.10).
inline constexpr trust::Rule<AccessCase> kAccessRules[] = {
    {{"rmp.host-write.assigned", "APM vol. 2 r3.43, 15.36.10", "Only its owner writes to a page that is assigned."},
     [](const AccessCase& c) { return !c.shared_write() || !c.any_assigned; }},
    {{"rmp.access.assigned", "APM vol. 2 r3.43, 15.36.10", "A private access finds a page that is assigned."},
     [](const AccessCase& c) { return !c.of_owner() || c.entry.assigned; }},
    {{"rmp.access.asid", "APM vol. 2 r3.43, 15.36.10", "A private access finds a page of the accessing guest."},
     [](const AccessCase& c) { return !c.of_owner() || c.entry.asid == c.access.asid; }},
    {{"rmp.access.gpa", "APM vol. 2 r3.43, 15.36.10",
      "A private page is seen at the guest address that it was given for."},
     [](const AccessCase& c) { return !c.of_owner() || c.entry.gpa == (c.access.gpa & ~0xFFFull) || c.access.by_address; }},
    {{"rmp.access.size", "APM vol. 2 r3.43, 15.36.10", "A nested leaf is no larger than the entry behind it.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const AccessCase& c) { return !c.of_owner() || !c.access.is_2m || c.entry.size == memory::PageSize::k2M; }},
    {{"rmp.access.validated", "APM vol. 2 r3.43, 15.36.10",
      "A guest touches only pages that it has validated since they were given.", trust::Act::kDetect},
     [](const AccessCase& c) { return !c.of_owner() || c.entry.validated; }},
    {{"rmp.access.vmpl", "APM vol. 2 r3.43, 15.36.7",
      "A privilege level accesses a page only as a higher level permits."},
     [](const AccessCase& c) { return !c.of_owner() || c.permitted(); }},
};
// PVALIDATE asks the host-visible rows, RMPADJUST the validated row too.
inline constexpr std::size_t kHostVisibleRules = 5;
inline constexpr std::size_t kValidatedRules = 6;

struct UpdateCase {
  const RmpEntry& entry;
};
inline constexpr trust::Rule<UpdateCase> kUpdateRules[] = {
    {{"rmp.rmpupdate.immutable", "APM vol. 2 r3.43, 15.36.3",
      "The hypervisor changes no entry that firmware holds fixed."},
     [](const UpdateCase& c) { return !c.entry.immutable; }},
};

struct PvalidateCase {
  const RmpEntry& entry;
  memory::PageSize size;
};
inline constexpr trust::Rule<PvalidateCase> kPvalidateRules[] = {
    {{"rmp.pvalidate.size", "APM vol. 3, PVALIDATE", "A 4 KiB page is validated in an entry of its own.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const PvalidateCase& c) { return c.size == memory::PageSize::k2M || c.entry.size == memory::PageSize::k4K; }},
};

struct VmrunCase {
  const RmpEntry& entry;
  std::uint32_t asid;
};
inline constexpr trust::Rule<VmrunCase> kVmrunRules[] = {
    {{"rmp.vmrun.vmsa", "APM vol. 2 r3.43, 15.36.12",
      "A guest runs from save areas that firmware or its own highest level made."},
     [](const VmrunCase& c) {
       return c.entry.assigned && c.entry.validated && c.entry.vmsa && c.entry.asid == c.asid;
     }},
};

}  // namespace sev
