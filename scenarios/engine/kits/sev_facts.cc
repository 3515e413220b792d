// What the RMP says of a page, for those who watch.
#include <fmt/format.h>

#include "scenarios/engine/kits/page_owner.h"
#include "scenarios/engine/kits/sev_kit.h"

namespace engine {

namespace {

// "VMPL0 rwx, VMPL1 r": levels that may do nothing are left out.
std::string permissions_of(const sev::RmpEntry& entry) {
  std::string out;
  for (std::size_t level = 0; level < entry.perms.size(); ++level) {
    const auto may = entry.perms[level];
    if (may == 0) continue;
    out += fmt::format("{}VMPL{} ", out.empty() ? "" : ", ", level);
    if (may & sev::kPermRead) out += 'r';
    if (may & sev::kPermWrite) out += 'w';
    if (may & (sev::kPermExecuteUser | sev::kPermExecuteSupervisor)) out += 'x';
  }
  return out.empty() ? "no VMPL" : out;
}

}  // namespace

Kit::PageFacts SevKit::page_facts(const VmState&, std::uint64_t, std::uint64_t spa) const {
  const sev::Rmp* rmp = world_.sev ? world_.sev->rmp() : nullptr;
  if (!rmp) return {};
  const auto entry = rmp->peek(spa);
  const auto state = sev::state_of(entry);
  PageFacts out;
  if (!entry.assigned) out.owner = "host";
  else if (entry.asid == 0) out.owner = "firmware";
  else out.owner = owner_named(world_, [&](const VmState& vm) { return vm.vm.asid == entry.asid; }, fmt::format("ASID {}", entry.asid));
  out.entries.emplace_back("RMP page state", sev::name_of(state));
  if (!entry.assigned) return out;
  out.entries.emplace_back("RMP entry", fmt::format("assigned, ASID {}, GPA {:#x}, {}{}{}", entry.asid, entry.gpa,
                                                    entry.validated ? "validated" : "not validated",
                                                    entry.immutable ? ", immutable" : "", entry.vmsa ? ", VMSA" : ""));
  out.entries.emplace_back("RMP permissions", permissions_of(entry));
  return out;
}

std::string SevKit::key_name(const VmState& vm) const {
  return vm.vm.key == memory::KeyId::kNone ? "" : fmt::format("ASID {}", vm.vm.asid);
}

std::optional<bool> SevKit::is_inside(const VmState& vm) const {
  const sev::Rmp* rmp = world_.sev ? world_.sev->rmp() : nullptr;
  if (!rmp || vm.vm.save_area == 0) return std::nullopt;
  return rmp->in_use(vm.vm.save_area);
}

}  // namespace engine
