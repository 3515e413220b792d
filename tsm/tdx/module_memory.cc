// Pages of a TD: its Secure EPT, what enters it, what leaves it, and the tracking of translations between the two.
#include "tsm/tdx/connect.h"
#include "tsm/tdx/connect_memory_rules.h"
#include "tsm/tdx/rule_check.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr auto kRcxDetail = static_cast<std::uint32_t>(Operand::kRcx);

}  // namespace

// What a failed call on an entry also tells: the entry's state and level.
CallResult Module::entry_state(Status what, const SeptEntry& entry, unsigned level) const {
  return {{.rax = tdxproto::with(what, Operand::kRcx),
           .rcx = entry.hpa,
           .rdx = level | static_cast<std::uint64_t>(entry.state) << 8},
          std::nullopt};
}

// RCX: address and level; RDX: the TD. Every call on the Secure EPT begins with it.
Module::Place Module::find_entry(Seamcall leaf, const Registers& in, unsigned lowest, unsigned highest) {
  Place place;
  const Target target = find_td_for(leaf, in.rdx, Operand::kRdx);
  if (!target.td) {
    place.no = target.no;
    return place;
  }
  const unsigned level = tdxproto::level_of(in.rcx);
  const std::uint64_t gpa = tdxproto::gpa_of(in.rcx);
  const bool well_formed = (in.rcx & ~std::uint64_t{0x000F'FFFF'FFFF'F007}) == 0 && level >= lowest && level <= highest &&
                           gpa % tdxproto::bytes_of_level(level) == 0 && gpa < target.td->shared_bit();
  if (!well_formed) {
    place.no = status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
    return place;
  }
  const auto walk = target.td->sept.walk(gpa, level);
  if (!walk.reached) {
    place.no = entry_state(Status::kEptWalkFailed, walk.entry, walk.level);
    return place;
  }
  if (leaf == Seamcall::kMemRangeBlock && is_blocked(walk.entry.state)) {
    place.no = entry_state(Status::kGpaRangeAlreadyBlocked, walk.entry, level);
    return place;
  }
  if (auto no = first_failure<EntryCase>(kEntryRules, {walk.entry.state, leaf}, kRcxDetail)) {
    place.no = entry_state(no->status(), walk.entry, level);
    place.no.refusal = no->refusal;
    return place;
  }
  return {target.td, gpa, level, walk.entry, {}};
}

// ---- tables ---------------------------------------------------------------------------------------------------------

CallResult Module::mem_sept_add(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemSeptAdd, in, 1, kSeptTopLevel);
  if (!at.td) return at.no;
  if (auto no = take_page(*at.td, in.r8, PageType::kEpt, Operand::kR8)) return *no;
  at.td->sept.set(at.gpa, at.level, {SeptState::kNlMapped, in.r8});
  return done();
}

CallResult Module::mem_sept_remove(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemSeptRemove, in, 1, kSeptTopLevel);
  if (!at.td) return at.no;
  if (!at.td->sept.empty_below(at.gpa, at.level)) return entry_state(Status::kEptEntryNotFree, at.entry, at.level);
  if (auto no = not_tracked(*at.td, Seamcall::kMemSeptRemove, at.entry)) return *no;
  at.td->sept.set(at.gpa, at.level, {});
  pamt_.free(at.entry.hpa);
  --at.td->children;
  return done({.rcx = at.entry.hpa});
}

CallResult Module::mem_sept_rd(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemSeptRd, in, 0, kSeptTopLevel);
  if (!at.td) return at.no;
  return done({.rcx = at.entry.hpa, .rdx = at.level | static_cast<std::uint64_t>(at.entry.state) << 8});
}

// ---- pages in -------------------------------------------------------------------------------------------------------

// R8: the page, R9: what the host wants in it. Only while the TD is built.
CallResult Module::mem_page_add(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemPageAdd, in, 0, 0);
  if (!at.td) return at.no;
  base::Bytes content(kPage);
  if (in.r9 % kPage != 0 || !memory_.read(memory::KeyId::kNone, in.r9, content))
    return status(tdxproto::with(Status::kOperandInvalid, Operand::kR9));
  if (auto no = take_page(*at.td, in.r8, PageType::kReg, Operand::kR8)) return *no;
  (void)memory_.write(key_of(at.td->hkid), in.r8, content);
  at.td->sept.set(at.gpa, 0, {SeptState::kMapped, in.r8});
  measure_added(*at.td, at.gpa);
  return done();
}

// R8: the page. Its content is nobody's until the TD accepts it.
CallResult Module::mem_page_aug(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemPageAug, in, 0, 0);
  if (!at.td) return at.no;
  if (auto no = take_page(*at.td, in.r8, PageType::kReg, Operand::kR8)) return *no;
  at.td->sept.set(at.gpa, 0, {SeptState::kPending, in.r8});
  return done();
}

// ---- blocking and tracking ------------------------------------------------------------------------------------------

CallResult Module::mem_range_block(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemRangeBlock, in, 0, kSeptTopLevel);
  if (!at.td) return at.no;
  at.td->sept.set(at.gpa, at.level, {blocked(at.entry.state), at.entry.hpa});
  pamt_.block(at.entry.hpa, at.td->epoch);
  return done();
}

CallResult Module::mem_range_unblock(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemRangeUnblock, in, 0, kSeptTopLevel);
  if (!at.td) return at.no;
  if (auto no = not_tracked(*at.td, Seamcall::kMemRangeUnblock, at.entry)) return *no;
  at.td->sept.set(at.gpa, at.level, {unblocked(at.entry.state), at.entry.hpa});
  return done();
}

CallResult Module::mem_track(const Registers& in) {
  const Target target = find_td_for(Seamcall::kMemTrack, in.rcx, Operand::kRcx);
  if (!target.td) return target.no;
  if (target.td->inside_since_previous() != 0) return status(static_cast<std::uint64_t>(Status::kPreviousTlbEpochBusy));
  ++target.td->epoch;
  return done();
}

// A TD that cannot run has no translations anywhere.
std::optional<CallResult> Module::not_tracked(const Td& td, Seamcall leaf, const SeptEntry& entry) {
  if (td.op_state != OpState::kRunnable) return std::nullopt;
  const std::uint64_t bepoch = pamt_.entry(entry.hpa).bepoch;
  if (auto no = first_failure<TrackCase>(kTrackRules, {leaf, entry.state, bepoch, td.epoch, td.inside_since_previous()}, kRcxDetail)) return no;
  const bool forgotten = leaf == Seamcall::kMemRangeUnblock || !connect_ || !connect_->may_be_cached(td, bepoch);
  if (auto no = defences_.refuse_unless(kDmaTracked, forgotten, name_))
    return status(tdxproto::with(Status::kIommuIotlbTrackingNotDone, Operand::kRcx), no);
  return std::nullopt;
}

// ---- pages out ------------------------------------------------------------------------------------------------------

CallResult Module::mem_page_remove(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemPageRemove, in, 0, 0);
  if (!at.td) return at.no;
  if (auto no = not_tracked(*at.td, Seamcall::kMemPageRemove, at.entry)) return *no;
  at.td->sept.set(at.gpa, 0, {});
  pamt_.free(at.entry.hpa);
  --at.td->children;
  return done({.rcx = at.entry.hpa});
}

// R8: the page that takes over. The TD sees no difference.
CallResult Module::mem_page_relocate(const Registers& in) {
  const Place at = find_entry(Seamcall::kMemPageRelocate, in, 0, 0);
  if (!at.td) return at.no;
  if (in.r8 == at.entry.hpa) return status(tdxproto::with(Status::kOperandInvalid, Operand::kR8));
  if (auto no = not_tracked(*at.td, Seamcall::kMemPageRelocate, at.entry)) return *no;
  base::Bytes content(kPage);
  if (!is_pending(at.entry.state) && !memory_.read(key_of(at.td->hkid), at.entry.hpa, content)) {
    at.td->fatal = true;
    return status(static_cast<std::uint64_t>(Status::kTdFatal));
  }
  if (auto no = take_page(*at.td, in.r8, PageType::kReg, Operand::kR8)) return *no;
  if (!is_pending(at.entry.state)) (void)memory_.write(key_of(at.td->hkid), in.r8, content);
  pamt_.free(at.entry.hpa);
  --at.td->children;
  at.td->sept.set(at.gpa, 0, {unblocked(at.entry.state), in.r8});
  return done({.rcx = at.entry.hpa});
}

// ---- TDs under test -------------------------------------------------------------------------------------------------

// RCX: an address of 8 bytes; the value goes through R8.
CallResult Module::mem_rd_wr(Seamcall leaf, const Registers& in) {
  const Target target = find_td_for(leaf, in.rdx, Operand::kRdx);
  if (!target.td) return target.no;
  Td& td = *target.td;
  if (auto no = first_failure<DebugCase>(kDebugRules, {td})) return *no;
  if (in.rcx % 8 != 0 || in.rcx >= td.shared_bit()) return status(tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  const auto walk = td.sept.walk(in.rcx & ~(kPage - 1), 0);
  if (!walk.reached) return entry_state(Status::kEptWalkFailed, walk.entry, walk.level);
  if (auto no = first_failure<EntryCase>(kEntryRules, {walk.entry.state, leaf}, kRcxDetail)) return *no;
  const std::uint64_t hpa = walk.entry.hpa + in.rcx % kPage;
  base::Bytes word(8);
  bool good = static_cast<bool>(memory_.read(key_of(td.hkid), hpa, word));
  const Registers out{.r8 = base::load_le<std::uint64_t>(word)};
  if (good && leaf == Seamcall::kMemWr) {
    base::store_le<std::uint64_t>(word, 0, in.r8);
    good = static_cast<bool>(memory_.write(key_of(td.hkid), hpa, word));
  }
  if (good) return done(out);
  td.fatal = true;
  return status(static_cast<std::uint64_t>(Status::kTdFatal));
}

}  // namespace tdx
