// Trusted DMA: the tables that say into which TD a requester leads, and what the remapping unit is told to forget.
#include <algorithm>

#include "tsm/tdx/connect_check.h"
#include "tsm/tdx/connect_memory_rules.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
using tdxproto::InvRequest;

unsigned level_of_index(std::uint64_t index) { return index & 7; }
std::uint16_t rid_of_index(std::uint64_t index) { return static_cast<std::uint16_t>(index >> 32); }
std::uint64_t index_of(unsigned level, std::uint64_t rid, std::uint64_t pasid) { return level | pasid << 12 | rid << 32; }

}  // namespace

// Where in its level an entry is. A root entry is for half a bus, a directory entry for 64 PASIDs.
std::optional<Connect::DmarKey> Connect::dmar_key(std::uint64_t index) {
  const unsigned level = level_of_index(index);
  const std::uint64_t rid = rid_of_index(index), pasid = index >> 12 & 0xf'ffff;
  // simplified: requests without PASID.
  if (level > tdxproto::kDmarRoot || (index & 0xff8) != 0 || pasid != 0) return std::nullopt;
  const std::uint64_t within[] = {rid, rid, rid, rid >> 7};
  return DmarKey{level, within[level]};
}

Connect::DmarEntry Connect::dmar_entry(const DmarKey& key) const {
  const auto found = dmar_.find(key);
  return found == dmar_.end() ? DmarEntry{} : found->second;
}

bool Connect::parents_present(const DmarKey& key) const {
  for (unsigned level = key.first + 1; level <= tdxproto::kDmarRoot; ++level)
    if (dmar_entry({level, level == tdxproto::kDmarRoot ? key.second >> 7 : key.second}).state != DmarState::kPresent) return false;
  return true;
}

bool Connect::children_free(const DmarKey& key) const {
  if (key.first == tdxproto::kDmarPasidEntry) return true;
  return std::ranges::none_of(dmar_, [&](const auto& one) {
    const auto& [level, at] = one.first;
    return level + 1 == key.first && (key.first == tdxproto::kDmarRoot ? at >> 7 : at) == key.second;
  });
}

std::uint64_t Connect::entries_of(std::uint64_t tdr) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(dmar_, [&](const auto& one) {
    return one.first.first == tdxproto::kDmarPasidEntry && one.second.tdr == tdr && one.second.state != DmarState::kPending;
  }));
}

// ---- entries ----------------------------------------------------------------------------------------------------------

// RCX: the index; RDX: for a PASID entry the TD, else 0; R8: for any other the page of its table.
CallResult Connect::dmar_add(const Registers& in) {
  const auto key = dmar_key(in.rcx);
  const bool leaf = key && key->first == tdxproto::kDmarPasidEntry;
  DmarCase c{.leaf = Seamcall::kDmarAdd, .index_good = key.has_value(), .unit_set_up = unit_page_ && in.rcx >> 48 == 0};
  if (key) c.reached = parents_present(*key), c.state = dmar_entry(*key).state;
  c.value_good = leaf ? in.r8 == 0 : in.rdx == 0;
  // The TD is asked for between the unit and the entry; where neither index nor unit will do, that comes first.
  if (leaf && c.unit_set_up) {
    const Module::Target target = m_.find_td_for(Seamcall::kDmarAdd, in.rdx, Operand::kRdx);
    if (!target.td) return target.no;
  }
  if (auto failed = first_failure<DmarCase>(kDmarRules, c)) return *failed;
  if (leaf) {
    dmar_[*key] = {.state = DmarState::kPending, .tdr = in.rdx};
    return done();
  }
  if (auto failed = take_page(in.r8, PageType::kIommuMt, Operand::kR8)) return *failed;
  dmar_[*key] = {.state = DmarState::kPresent, .page = in.r8};
  return done();
}

CallResult Connect::dmar_block(const Registers& in) {
  const auto key = dmar_key(in.rcx);
  DmarCase c{.leaf = Seamcall::kDmarBlock, .index_good = key.has_value(), .unit_set_up = unit_page_ && in.rcx >> 48 == 0};
  if (key) {
    c.reached = parents_present(*key), c.state = dmar_entry(*key).state, c.children_free = children_free(*key);
    c.interface_there = key->first != tdxproto::kDmarPasidEntry || std::ranges::any_of(tdis_, [&](const auto& one) {
      return tdxproto::rid_of(one.first) == key->second;
    });
  }
  if (auto failed = first_failure<DmarCase>(kDmarRules, c)) return *failed;
  DmarEntry& entry = dmar_.at(*key);
  entry.state = DmarState::kBlocked;
  entry.invalidation = DmarInvalidation::kPending;
  return done();
}

// RDX of the answer: its state; R8: where it leads.
CallResult Connect::dmar_read(const Registers& in) {
  const auto key = dmar_key(in.rcx);
  DmarCase c{.leaf = Seamcall::kDmarRead, .index_good = key.has_value(), .unit_set_up = unit_page_ && in.rcx >> 48 == 0};
  if (key) c.reached = parents_present(*key);
  if (auto failed = first_failure<DmarCase>(kDmarRules, c)) return *failed;
  const DmarEntry entry = dmar_entry(*key);
  return done({.rdx = tdxproto::dmar_state(key->first, entry.state, entry.invalidation), .r8 = entry.page});
}

// RCX of the answer: the page of the table that went with it.
CallResult Connect::dmar_remove(const Registers& in) {
  const auto key = dmar_key(in.rcx);
  DmarCase c{.leaf = Seamcall::kDmarRemove, .index_good = key.has_value(), .unit_set_up = unit_page_ && in.rcx >> 48 == 0};
  const DmarEntry entry = key ? dmar_entry(*key) : DmarEntry{};
  if (key) {
    c.reached = parents_present(*key), c.state = entry.state, c.invalidation = entry.invalidation;
    c.children_free = children_free(*key);
  }
  if (auto failed = first_failure<DmarCase>(kDmarRules, c)) return *failed;
  dmar_.erase(*key);
  if (entry.page != 0) give_page(entry.page);
  if (key->first == tdxproto::kDmarPasidEntry)
    for (auto& [function, tdi] : tdis_)
      if (tdxproto::rid_of(function) == key->second) tdi.dma = false;
  return done({.rcx = entry.page});
}

// ---- the TD -----------------------------------------------------------------------------------------------------------

// RCX: the interface; RDX: which of the TD's VMs. Its requests reach the TD's private pages from now on.
TdcallResult Connect::dmar_accept(Td& td, Registers in) {
  const bool rest_zero = (in.r8 | in.r9 | in.r10 | in.r11 | in.r12 | in.r13 | in.r14 | in.r15) == 0;
  if (auto failed = first_failure<DmarAcceptCase>(kDmarTargetRules, {.target_good = in.rdx == 0, .rest_zero = rest_zero}, in)) return *failed;
  Tdi* tdi = find(in.rcx);
  if (auto failed = first_failure<OwnTdiCase>(kOwnLockedRules, {.tdi = tdi, .tdr = td.tdr}, in)) return *failed;
  const DmarKey key{tdxproto::kDmarPasidEntry, tdxproto::rid_of(tdi->function)};
  const DmarEntry entry = dmar_entry(key);
  const DmarAcceptCase c{.target_good = true, .reached = parents_present(key),
                         .led = entry.tdr == td.tdr && (entry.state == DmarState::kPending || entry.state == DmarState::kPresent)};
  if (auto failed = first_failure<DmarAcceptCase>(kDmarAcceptRules, c, in)) return *failed;
  if (const auto bound = device_of(*tdi).firmware->enable_dma({.bits = tdi->function}, owner_of(td.tdr)); !bound) {
    in.rax = tdxproto::with(Status::kIdeStreamInvalidState, Operand::kRcx);
    return {in};
  }
  DmarEntry& led = dmar_.at(key);
  led.state = DmarState::kPresent;
  led.invalidation = DmarInvalidation::kPending;
  tdi->dma = true;
  in.rax = 0;
  return {in};
}

// ---- what the remapping unit keeps ------------------------------------------------------------------------------------

// A trusted request of that function: through the entry that the unit has found once, to the page that it has found once.
std::optional<std::uint64_t> Connect::walk(std::uint16_t rid, std::uint64_t page) {
  auto known = cached_entries_.find(rid);
  if (known == cached_entries_.end()) {
    const DmarKey key{tdxproto::kDmarPasidEntry, rid};
    const DmarEntry entry = dmar_entry(key);
    if (entry.state != DmarState::kPresent || !parents_present(key)) return std::nullopt;
    known = cached_entries_.emplace(rid, entry.tdr).first;
  }
  const auto td = m_.tds_.find(known->second);
  if (td == m_.tds_.end()) return std::nullopt;
  auto& pages = cached_pages_[known->second];
  if (const auto cached = pages.find(page); cached != pages.end()) return cached->second;
  const SeptEntry entry = td->second.sept.leaf(page);
  if (entry.state != SeptState::kMapped) return std::nullopt;
  return pages[page] = entry.hpa;
}

bool Connect::may_be_cached(const Td& td, std::uint64_t bepoch) const {
  if (entries_of(td.tdr) == 0) return false;
  const auto flushed = flushed_in_.find(td.tdr);
  return flushed == flushed_in_.end() || flushed->second <= bepoch;
}

// RCX: the unit; RDX: what is to be forgotten; R8: of whom; R9 to R12: the wait descriptor.
CallResult Connect::iq_inv_req(const Registers& in) {
  if (auto failed = first_failure<UnitCase>(kUnitRules, {in.rcx == 0, !unit_page_})) return *failed;
  const auto what = static_cast<InvRequest>(in.rdx);
  InvCase c{.type_good = what <= InvRequest::kPasidEntry, .subject_good = true,
            .wait_good = (in.r9 & ~tdxproto::kInvWaitKnown) == 0 && (in.r9 & tdxproto::kInvWait) == tdxproto::kInvWait && (in.r9 & 0xf) == 5,
            .status_good = in.r10 % 4 == 0, .rest_zero = (in.r11 | in.r12) == 0};
  Queued request{.what = what};
  if (c.type_good && what == InvRequest::kIotlb) {
    const Module::Target target = m_.find_td_for(Seamcall::kIqInvReq, in.r8, Operand::kR8);
    if (!target.td) return target.no;
    request.tdr = in.r8, request.epoch = target.td->epoch;
    const auto flushed = flushed_in_.find(in.r8);
    c.required = entries_of(in.r8) != 0 && (flushed == flushed_in_.end() || flushed->second != request.epoch);
    c.idle = std::ranges::none_of(queue_, [&](const Queued& one) { return one.what == InvRequest::kIotlb && one.tdr == in.r8; });
  } else if (c.type_good) {
    constexpr unsigned kLevels[] = {0, tdxproto::kDmarRoot, tdxproto::kDmarContext, tdxproto::kDmarDirectory, tdxproto::kDmarPasidEntry};
    const auto key = dmar_key(index_of(kLevels[in.rdx], in.r8 & 0xffff, in.r8 >> 32 & 0xf'ffff));
    c.subject_good = key && (in.r8 & 0xfff0'0000'ffff'0000) == 0;
    if (c.subject_good) {
      const DmarEntry entry = dmar_entry(*key);
      request.entry = *key;
      c.reached = parents_present(*key), c.blocked = entry.state == DmarState::kBlocked;
      c.pending = entry.invalidation == DmarInvalidation::kPending;
    }
  }
  if (auto failed = first_failure<InvCase>(kInvRules, c)) return *failed;
  if (what != InvRequest::kIotlb) dmar_.at(request.entry).invalidation = DmarInvalidation::kQueued;
  queue_.push_back(request);
  return done();
}

// RCX: the unit. What was asked is done; a PASID entry takes the translations of its TD along.
CallResult Connect::iq_inv_proc(const Registers& in) {
  if (auto failed = first_failure<UnitCase>(kUnitRules, {in.rcx == 0, !unit_page_})) return *failed;
  for (const Queued& request : std::exchange(queue_, {})) {
    if (request.what == InvRequest::kIotlb) {
      cached_pages_.erase(request.tdr);
      flushed_in_[request.tdr] = request.epoch;
      continue;
    }
    const auto entry = dmar_.find(request.entry);
    if (entry == dmar_.end()) continue;
    entry->second.invalidation = DmarInvalidation::kDone;
    if (request.entry.first != tdxproto::kDmarPasidEntry) continue;
    const auto rid = static_cast<std::uint16_t>(request.entry.second);
    cached_entries_.erase(rid);
    cached_pages_.erase(entry->second.tdr);
    // The root port's tie goes with it, where unbinding has not loosened it before.
    for (auto& [function, tdi] : tdis_)
      if (tdxproto::rid_of(function) == rid && tdi.state != tdisp::State::kConfigUnlocked)
        (void)device_of(tdi).firmware->disable_dma({.bits = function}, owner_of(tdi.tdr));
  }
  return done();
}

}  // namespace tdx
