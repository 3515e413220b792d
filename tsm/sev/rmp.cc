#include "tsm/sev/rmp.h"

#include <algorithm>

#include "tsm/sev/rmp_rules.h"

namespace sev {
namespace {

constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kLarge = 0x20'0000;
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }
constexpr std::uint64_t large_of(std::uint64_t address) { return address & ~(kLarge - 1); }
constexpr bool aligned(std::uint64_t address, memory::PageSize size) { return address % memory::bytes_of(size) == 0; }

}  // namespace

std::string_view name_of(PageState state) {
  switch (state) {
    case PageState::kHypervisor: return "Hypervisor";
    case PageState::kReclaim: return "Reclaim";
    case PageState::kFirmware: return "Firmware";
    case PageState::kContext: return "Context";
    case PageState::kMetadata: return "Metadata";
    case PageState::kPreGuest: return "Pre-Guest";
    case PageState::kPreSwap: return "Pre-Swap";
    case PageState::kGuestInvalid: return "Guest-Invalid";
    case PageState::kGuestValid: return "Guest-Valid";
  }
  return "?";
}

PageState state_of(const RmpEntry& entry) {
  if (!entry.assigned) return PageState::kHypervisor;
  if (entry.asid == 0) {
    if (!entry.immutable) return PageState::kReclaim;
    if (entry.gpa == kContextMark) return PageState::kContext;
    return entry.gpa == kMetadataMark ? PageState::kMetadata : PageState::kFirmware;
  }
  if (entry.immutable) return entry.validated ? PageState::kPreSwap : PageState::kPreGuest;
  return entry.validated ? PageState::kGuestValid : PageState::kGuestInvalid;
}

Fault fault_of(const trust::Refusal& refusal, const memory::Access& access) {
  std::string_view id = refusal.by->id;
  if (id == kVmrunRules[0].defence.id) return {Fault::Seen::kVmrunInvalid, 0};
  std::uint64_t error = kPferrRmp | (access.write ? kPferrWrite : 0) | (access.fetch ? kPferrFetch : 0);
  using Who = memory::Access::Who;
  if (access.who == Who::kDevice) return {Fault::Seen::kIommuAbort, error};
  if (access.who != Who::kGuest) return {Fault::Seen::kHostPageFault, error};
  if (id == "rmp.access.validated") return {Fault::Seen::kGuestVc, kVcPageNotValidated};
  if (access.private_page) error |= kPferrGuestEnc;
  if (id == "rmp.access.size" || id == "rmp.pvalidate.size") error |= kPferrGuestSize;
  if (id == "rmp.access.vmpl") error |= kPferrGuestVmpl;
  return {Fault::Seen::kHostNestedFault, error};
}

Rmp::Rmp(std::uint64_t bytes, trust::Defences& defences, std::string_view at)
    : bytes_(bytes), defences_(defences), at_(at) {}

trust::Result<> Rmp::check(const memory::Access& access) {
  RmpEntry own = entry(access.spa);
  bool any = access.is_2m ? any_assigned(large_of(access.spa), kLarge) : own.assigned;
  AccessCase c{access, own, any};
  if (auto no = defences_.first_refusal<AccessCase>(kAccessRules, c, at_)) return *no;
  return trust::ok();
}

trust::Result<> Rmp::enter(std::uint32_t asid, std::uint64_t vmsa_spa) {
  RmpEntry own = entry(vmsa_spa);
  VmrunCase c{own, asid};
  if (auto no = defences_.first_refusal<VmrunCase>(kVmrunRules, c, at_)) return *no;
  in_use_.insert(page_of(vmsa_spa));
  return trust::ok();
}

void Rmp::leave(std::uint64_t vmsa_spa) { in_use_.erase(page_of(vmsa_spa)); }

trust::Result<RmpResult> Rmp::rmpupdate(std::uint64_t spa, const RmpUpdate& update) {
  std::uint64_t count = memory::bytes_of(update.size);
  if (!aligned(spa, update.size) || !covers(spa, count)) return RmpResult::kFailInput;
  if (update.assigned && update.asid != 0 && !aligned(update.gpa, update.size)) return RmpResult::kFailInput;
  // A small page inside a large one must be smashed out first; a large one does not swallow small pages that have
  // owners.
  RmpEntry own = entry(spa);
  if (update.size == memory::PageSize::k4K && own.assigned && own.size == memory::PageSize::k2M)
    return RmpResult::kFailOverlap;
  if (update.size == memory::PageSize::k2M && own.size == memory::PageSize::k4K && any_assigned(spa, count))
    return RmpResult::kFailOverlap;
  auto used = in_use_.lower_bound(spa);
  if (used != in_use_.end() && *used < spa + count) return RmpResult::kFailInUse;
  UpdateCase c{own};
  if (auto no = defences_.first_refusal<UpdateCase>(kUpdateRules, c, at_)) return *no;
  RmpEntry next;
  if (update.assigned)
    next = {.assigned = true,
            .immutable = update.immutable,
            .asid = update.asid,
            .gpa = page_of(update.gpa),
            .size = update.size};
  set(spa, next);
  return RmpResult::kSuccess;
}

RmpResult Rmp::psmash(std::uint64_t spa) {
  if (!aligned(spa, memory::PageSize::k2M) || !covers(spa, kLarge)) return RmpResult::kFailInput;
  RmpEntry* found = find(spa);
  // convention: the instruction's code for an entry that is no 2 MiB page is not in our sources.
  if (!found || found->size != memory::PageSize::k2M) return RmpResult::kFailInput;
  if (found->immutable) return RmpResult::kFailPermission;
  RmpEntry small = *found;
  small.size = memory::PageSize::k4K;
  for (std::uint64_t offset = 0; offset < kLarge; offset += kPage) {
    entries_[spa + offset] = small;
    if (small.asid != 0) small.gpa += kPage;
  }
  return RmpResult::kSuccess;
}

trust::Result<RmpResult> Rmp::pvalidate(const memory::Access& page, memory::PageSize size, bool validate) {
  if (!aligned(page.gpa, size)) return RmpResult::kFailInput;
  if (page.vmpl != 0) return RmpResult::kFailPermission;
  RmpEntry own = entry(page.spa);
  AccessCase c{page, own, own.assigned};
  std::span<const trust::Rule<AccessCase>> rules(kAccessRules);
  if (auto no = defences_.first_refusal(rules.first(kHostVisibleRules), c, at_)) return *no;
  if (size == memory::PageSize::k2M && (own.size == memory::PageSize::k4K || !page.is_2m))
    return RmpResult::kFailSizeMismatch;
  PvalidateCase sizes{own, size};
  if (auto no = defences_.first_refusal<PvalidateCase>(kPvalidateRules, sizes, at_)) return *no;
  RmpEntry* found = find(page.spa);
  if (!found || found->validated == validate) return RmpResult::kNoUpdate;
  found->validated = validate;
  found->perms = {};
  if (validate) found->perms[0] = kPermAll;
  return RmpResult::kSuccess;
}

trust::Result<RmpResult> Rmp::rmpadjust(const memory::Access& page, memory::PageSize size, std::uint8_t target_vmpl,
                                        std::uint8_t perms, bool vmsa) {
  if (!aligned(page.gpa, size) || target_vmpl > 3 || perms > kPermAll) return RmpResult::kFailInput;
  RmpEntry own = entry(page.spa);
  AccessCase c{page, own, own.assigned};
  std::span<const trust::Rule<AccessCase>> rules(kAccessRules);
  if (auto no = defences_.first_refusal(rules.first(kValidatedRules), c, at_)) return *no;
  if (size != own.size) return RmpResult::kFailSizeMismatch;
  // APM vol. 3, RMPADJUST: only downwards, only what the caller itself may do, and save areas only by the highest
  // level.
  std::uint8_t caller = page.vmpl & 3;
  if (target_vmpl <= caller || (perms & ~own.perms[caller]) != 0) return RmpResult::kFailPermission;
  if (vmsa != own.vmsa && caller != 0) return RmpResult::kFailPermission;
  RmpEntry* found = find(page.spa);
  if (!found) return RmpResult::kFailPermission;
  if (vmsa != own.vmsa && in_use_.contains(page_of(page.spa))) return RmpResult::kFailInUse;
  found->perms[target_vmpl] = perms;
  found->vmsa = vmsa;
  return RmpResult::kSuccess;
}

bool Rmp::reclaim(std::uint64_t spa) {
  switch (state(spa)) {
    case PageState::kFirmware:
    case PageState::kMetadata:
    case PageState::kPreGuest:
    case PageState::kPreSwap:
    case PageState::kReclaim: break;
    default: return false;
  }
  std::uint64_t base = entry(spa).size == memory::PageSize::k2M ? large_of(spa) : page_of(spa);
  entries_.erase(base);
  return true;
}

RmpEntry Rmp::entry(std::uint64_t spa) const {
  if (auto small = entries_.find(page_of(spa)); small != entries_.end() && small->second.size == memory::PageSize::k4K)
    return small->second;
  auto large = entries_.find(large_of(spa));
  if (large == entries_.end() || large->second.size != memory::PageSize::k2M) return {};
  RmpEntry own = large->second;
  if (own.asid != 0) own.gpa += page_of(spa) - large_of(spa);
  return own;
}

void Rmp::set(std::uint64_t spa, const RmpEntry& entry) {
  entries_.erase(entries_.lower_bound(spa), entries_.lower_bound(spa + memory::bytes_of(entry.size)));
  if (entry.assigned) entries_[spa] = entry;
}

void Rmp::thaw(std::uint32_t asid) {
  for (auto& [spa, entry] : entries_)
    if (entry.asid == asid && state_of(entry) == PageState::kPreGuest) entry.immutable = false;
}

void Rmp::orphan(std::uint32_t asid) {
  for (auto& [spa, entry] : entries_)
    if (entry.assigned && entry.asid == asid) entry = {.assigned = true, .size = entry.size};
}

RmpEntry* Rmp::find(std::uint64_t spa) {
  for (std::uint64_t base : {page_of(spa), large_of(spa)}) {
    auto it = entries_.find(base);
    if (it != entries_.end() && spa - base < memory::bytes_of(it->second.size)) return &it->second;
  }
  return nullptr;
}

bool Rmp::any_assigned(std::uint64_t spa, std::uint64_t count) const {
  auto it = entries_.lower_bound(spa);
  if (it != entries_.end() && it->first < spa + count) return true;
  return entry(spa).assigned;
}

}  // namespace sev
