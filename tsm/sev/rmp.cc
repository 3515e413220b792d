#include "tsm/sev/rmp.h"

#include <algorithm>

#include "platform/base/check.h"
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
    case PageState::kTable: return "RMP";
  }
  return "?";
}

PageState state_of(const RmpEntry& entry) {
  if (!entry.assigned) return PageState::kHypervisor;
  if (entry.asid == 0) {
    if (!entry.immutable) return PageState::kReclaim;
    if (entry.gpa == kTableMark) return PageState::kTable;
    if (entry.gpa != 0) return PageState::kMetadata;
    return entry.vmsa ? PageState::kContext : PageState::kFirmware;
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

Rmp::Rmp(memory::EncryptedMemory& memory, std::uint64_t base, trust::Defences& defences, std::string_view at)
    : memory_(memory), base_(base), bytes_(memory.settings().bytes), defences_(defences), at_(at) {
  base::check(base % kPage == 0 && entry_address(bytes_) <= bytes_, "the table lies in memory");
}

Rmp::Rmp(std::uint64_t bytes, trust::Defences& defences, std::string_view at)
    : own_memory_(std::make_unique<memory::EncryptedMemory>(memory::Settings{
          .bytes = page_of(kRmpBookkeeping + bytes / kPage * kRmpEntryBytes + kPage - 1), .mode = memory::Mode::kNone})),
      memory_(*own_memory_), base_(0), bytes_(bytes), defences_(defences), at_(at) {}

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
  if (update.asid > kRmpAsidMax || update.gpa >= kRmpGpaEnd) return RmpResult::kFailInput;  // they do not fit an entry
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
  RmpEntry small = load(spa);
  // convention: the instruction's code for an entry that is no 2 MiB page is not in our sources.
  if (!small.assigned || small.size != memory::PageSize::k2M) return RmpResult::kFailInput;
  if (small.immutable) return RmpResult::kFailPermission;
  small.size = memory::PageSize::k4K;
  for (std::uint64_t offset = 0; offset < kLarge; offset += kPage) {
    store(spa + offset, small);
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
  const auto found = find(page.spa);
  if (!found || own.validated == validate) return RmpResult::kNoUpdate;
  RmpEntry next = load(*found);
  next.validated = validate;
  next.perms = {};
  if (validate) next.perms[0] = kPermAll;
  store(*found, next);
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
  const auto found = find(page.spa);
  if (!found) return RmpResult::kFailPermission;
  if (vmsa != own.vmsa && in_use_.contains(page_of(page.spa))) return RmpResult::kFailInUse;
  RmpEntry next = load(*found);
  next.perms[target_vmpl] = perms;
  next.vmsa = vmsa;
  store(*found, next);
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
  const RmpEntry own = entry(spa);
  clear(own.size == memory::PageSize::k2M ? large_of(spa) : page_of(spa), kPage);
  return true;
}

void Rmp::protect() {
  if (own_memory_) return;
  const auto guard = encode_rmp_entry({.assigned = true, .immutable = true, .gpa = kTableMark});
  for (std::uint64_t at = 0; at < own_entry_bytes(); at += guard.size()) {
    const bool stored = memory_.write_dram(memory_.aliasing().cell_of(own_entries() + at), guard);
    base::check(stored, "the table lies in memory");
  }
}

RmpEntry Rmp::entry(std::uint64_t spa) const {
  if (!covers(spa)) return {};
  const RmpEntry small = load(spa);
  if (small.assigned && small.size == memory::PageSize::k4K) return small;
  return covering(small, load(large_of(spa)), spa);
}

// Of a page whose own entry is `small` and lies below the large page of the other.
RmpEntry Rmp::covering(const RmpEntry& small, const RmpEntry& large, std::uint64_t spa) {
  if (small.assigned && small.size == memory::PageSize::k4K) return small;
  if (!large.assigned || large.size != memory::PageSize::k2M) return {};
  RmpEntry own = large;
  if (own.asid != 0) own.gpa += page_of(spa) - large_of(spa);
  return own;
}

RmpEntry Rmp::peek(std::uint64_t spa) const {
  const auto at = [&](std::uint64_t page) {
    base::Block<kRmpEntryBytes> bytes{};
    return memory_.peek(entry_address(page), bytes) ? decode_rmp_entry(bytes) : RmpEntry{};
  };
  return covers(spa) ? covering(at(spa), at(large_of(spa)), spa) : RmpEntry{};
}

void Rmp::set(std::uint64_t spa, const RmpEntry& entry) {
  if (!covers(spa, memory::bytes_of(entry.size))) return;
  clear(spa, memory::bytes_of(entry.size));
  if (entry.assigned) store(spa, entry);
}

void Rmp::thaw(std::uint32_t asid) {
  for (auto& [spa, entry] : entries())
    if (entry.asid == asid && state_of(entry) == PageState::kPreGuest) {
      RmpEntry next = entry;
      next.immutable = false;
      store(spa, next);
    }
}

void Rmp::orphan(std::uint32_t asid) {
  for (const auto& [spa, entry] : entries())
    if (entry.asid == asid) store(spa, {.assigned = true, .size = entry.size});
}

std::map<std::uint64_t, RmpEntry> Rmp::entries() const {
  std::map<std::uint64_t, RmpEntry> out;
  for_each(0, bytes_, [&](std::uint64_t spa, const RmpEntry& entry) { out.emplace_hint(out.end(), spa, entry); });
  return out;
}

std::optional<std::uint64_t> Rmp::find(std::uint64_t spa) const {
  const RmpEntry small = load(spa);
  if (small.assigned && (small.size == memory::PageSize::k4K || page_of(spa) == large_of(spa))) return page_of(spa);
  const RmpEntry large = load(large_of(spa));
  if (large.assigned && large.size == memory::PageSize::k2M) return large_of(spa);
  return std::nullopt;
}

bool Rmp::any_assigned(std::uint64_t spa, std::uint64_t count) const {
  bool any = entry(spa).assigned;
  for_each(spa, std::min(spa + count, bytes_), [&](std::uint64_t, const RmpEntry&) { any = true; });
  return any;
}

RmpEntry Rmp::load(std::uint64_t spa) const {
  base::Block<kRmpEntryBytes> bytes{};
  if (!covers(spa) || !memory_.read(memory::KeyId::kNone, entry_address(spa), bytes)) return {};
  return decode_rmp_entry(bytes);
}

void Rmp::store(std::uint64_t spa, const RmpEntry& entry) {
  const auto bytes = encode_rmp_entry(entry);
  const bool stored = static_cast<bool>(memory_.write(memory::KeyId::kNone, entry_address(spa), bytes));
  base::check(stored, "an entry lies in memory");
  memory_.write_back(entry_address(spa), bytes.size());
}

void Rmp::clear(std::uint64_t spa, std::uint64_t count) {
  const base::Bytes zeroes((count + kPage - 1) / kPage * kRmpEntryBytes);
  const bool stored = static_cast<bool>(memory_.write(memory::KeyId::kNone, entry_address(spa), zeroes));
  base::check(stored, "an entry lies in memory");
  memory_.write_back(entry_address(spa), zeroes.size());
}

template <class Visit>
void Rmp::for_each(std::uint64_t from, std::uint64_t to, Visit visit) const {
  constexpr std::uint64_t kStep = kPage / kRmpEntryBytes * kPage;  // what one page of the table covers
  base::Bytes page(std::min(kStep, to > from ? to - from : 0) / kPage * kRmpEntryBytes);
  for (std::uint64_t at = from; at < to; at += kStep) {
    const auto bytes = std::span(page).first((std::min(at + kStep, to) - at) / kPage * kRmpEntryBytes);
    if (!memory_.read(memory::KeyId::kNone, entry_address(at), bytes)) return;
    // Most of the table is of pages that nobody owns.
    if (!bytes.empty() && bytes.front() == 0 && std::equal(bytes.begin() + 1, bytes.end(), bytes.begin())) continue;
    for (std::uint64_t i = 0; i < bytes.size(); i += kRmpEntryBytes) {
      const auto raw = base::View(bytes).subspan(i, kRmpEntryBytes);
      if (rmp_entry_assigned(raw)) visit(at + i / kRmpEntryBytes * kPage, decode_rmp_entry(raw));
    }
  }
}

}  // namespace sev
