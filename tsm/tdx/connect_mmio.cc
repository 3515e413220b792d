// Private device memory: whose a page is (metadata by system address), where a TD has it (its Secure EPT), and that it is the page which
// the interface's report names.
#include <algorithm>

#include "tsm/tdx/connect_check.h"
#include "tsm/tdx/connect_memory_rules.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kAddress = 0x000F'FFFF'FFFF'F000;
constexpr auto kRcx = Operand::kRcx;

unsigned level_of_index(std::uint64_t index) { return index & 7; }
std::uint64_t first_of(std::uint64_t hpa, unsigned level) { return hpa >> tdxproto::mmiomt_shift(level) << tdxproto::mmiomt_shift(level); }
bool good_index(std::uint64_t index, unsigned lowest, unsigned highest) {
  const unsigned level = level_of_index(index);
  return (index & ~(kAddress | 7)) == 0 && level >= lowest && level <= highest;
}

}  // namespace

// ---- metadata ---------------------------------------------------------------------------------------------------------

bool Connect::walks_to(std::uint64_t hpa, unsigned level) const {
  for (unsigned above = level + 1; above <= tdxproto::kMmiomtTopLevel; ++above)
    if (!mmiomt_tables_.contains({above, first_of(hpa, above)})) return false;
  return true;
}

// RCX: address and level of the entry that gets a table below it; RDX: a page.
CallResult Connect::mmiomt_add(const Registers& in) {
  const unsigned level = level_of_index(in.rcx);
  const std::uint64_t hpa = in.rcx & kAddress;
  const bool good = good_index(in.rcx, 1, tdxproto::kMmiomtTopLevel);
  const std::pair key{level, good ? first_of(hpa, level) : 0};
  const MmiomtCase c{.leaf = Seamcall::kMmiomtAdd, .index_good = good, .reached = good && walks_to(hpa, level), .free = true,
                     .present = mmiomt_tables_.contains(key)};
  if (auto failed = first_failure<MmiomtCase>(kMmiomtRules, c)) return *failed;
  if (auto failed = take_page(in.rdx, PageType::kMmioMt, Operand::kRdx)) return *failed;
  mmiomt_tables_[key] = in.rdx;
  return done();
}

// RCX: address and level; RDX: what the page is used for. simplified: entries of 4 KiB.
CallResult Connect::mmiomt_set(const Registers& in) {
  const std::uint64_t hpa = in.rcx & kAddress, type = in.rdx & 3, function = in.rdx >> 12 & 0xffff'ffff;
  const bool good = good_index(in.rcx, 0, 0), wants_data = type == tdxproto::kMmiomtData;
  const auto known = mmiomt_.find(hpa);
  const bool is_data = known != mmiomt_.end() && known->second.data;
  const MmiomtCase c{.leaf = Seamcall::kMmiomtSet,
                     .index_good = good,
                     .reached = good && walks_to(hpa, 0),
                     .free = !is_data,
                     .present = false,
                     .is_data = is_data,
                     .mapped = is_data && known->second.mapped,
                     .wish_good = in.rdx == tdxproto::mmiomt_set(type, static_cast<std::uint32_t>(function)) &&
                                  type <= tdxproto::kMmiomtData && wants_data == (function != 0),
                     .tdi_there = !wants_data || find(function) != nullptr,
                     .wants_data = wants_data};
  if (auto failed = first_failure<MmiomtCase>(kMmiomtRules, c)) return *failed;
  if (wants_data) mmiomt_[hpa] = {.data = true, .function = static_cast<std::uint32_t>(function)};
  else mmiomt_.erase(hpa);
  return done();
}

// RCX: address and level. RCX of the answer: the entry as MMIOMT.SET names it, bit 2 for "mapped"; RDX: 1 where a table is below.
CallResult Connect::mmiomt_rd(const Registers& in) {
  const unsigned level = level_of_index(in.rcx);
  const std::uint64_t hpa = in.rcx & kAddress;
  const bool good = good_index(in.rcx, 0, tdxproto::kMmiomtTopLevel);
  const MmiomtCase c{.leaf = Seamcall::kMmiomtRd, .index_good = good, .reached = good && walks_to(hpa, level), .free = true, .present = false};
  if (auto failed = first_failure<MmiomtCase>(kMmiomtRules, c)) return *failed;
  if (level > 0) return done({.rdx = mmiomt_tables_.contains({level, first_of(hpa, level)})});
  const auto known = mmiomt_.find(hpa);
  if (known == mmiomt_.end()) return done();
  return done({.rcx = tdxproto::mmiomt_set(tdxproto::kMmiomtData, known->second.function) | (known->second.mapped ? 4 : 0)});
}

// RCX: address and level of the entry whose table goes. RCX of the answer: its page.
CallResult Connect::mmiomt_remove(const Registers& in) {
  const unsigned level = level_of_index(in.rcx);
  const std::uint64_t hpa = in.rcx & kAddress;
  const bool good = good_index(in.rcx, 1, tdxproto::kMmiomtTopLevel);
  const std::uint64_t first = good ? first_of(hpa, level) : 0, bytes = good ? std::uint64_t{1} << tdxproto::mmiomt_shift(level) : 0;
  const auto inside = [&](std::uint64_t at) { return at >= first && at - first < bytes; };
  const auto table = mmiomt_tables_.find({level, first});
  const bool empty = level == 1 ? std::ranges::none_of(mmiomt_, [&](const auto& one) { return inside(one.first); })
                                : std::ranges::none_of(mmiomt_tables_, [&](const auto& one) {
                                    return one.first.first + 1 == level && inside(one.first.second);
                                  });
  const MmiomtCase c{.leaf = Seamcall::kMmiomtRemove, .index_good = good, .reached = good && walks_to(hpa, level), .free = true,
                     .present = table != mmiomt_tables_.end(), .empty = empty};
  if (auto failed = first_failure<MmiomtCase>(kMmiomtRules, c)) return *failed;
  const std::uint64_t page = table->second;
  mmiomt_tables_.erase(table);
  give_page(page);
  return done({.rcx = page});
}

// ---- where a TD has it ------------------------------------------------------------------------------------------------

// RCX: address and level; RDX: the TD.
Connect::Place Connect::find_place(Seamcall leaf, const Registers& in) {
  Place place;
  const Module::Target target = m_.find_td_for(leaf, in.rdx, Operand::kRdx);
  if (!target.td) return place.no = target.no, place;
  const std::uint64_t gpa = tdxproto::gpa_of(in.rcx);
  // simplified: leaves of 4 KiB.
  if ((in.rcx & ~kAddress) != 0 || gpa >= target.td->shared_bit())
    return place.no = no(tdxproto::with(Status::kOperandInvalid, kRcx)), place;
  if (leaf == Seamcall::kMmioMap && (in.r8 % kPage != 0 || m_.pamt_.covers(in.r8) || in.r8 > kAddress))
    return place.no = no(tdxproto::with(Status::kOperandInvalid, Operand::kR8)), place;
  const auto walk = target.td->sept.walk(gpa, 0);
  if (!walk.reached) return place.no = m_.entry_state(Status::kEptWalkFailed, walk.entry, walk.level), place;
  if (auto failed = first_failure<MmioStateCase>(kMmioStateRules, {leaf, walk.entry.state})) {
    place.no = m_.entry_state(failed->status(), walk.entry, 0);
    place.no.refusal = failed->refusal;
    return place;
  }
  return {target.td, gpa, walk.entry, {}};
}

// What checks accesses to device memory hears where it is, and whether the TD took it.
void Connect::show(const Tdi& tdi, std::uint64_t hpa, std::uint64_t gpa, bool accepted) {
  auto& mmio = *device_of(tdi).mmio;
  (void)mmio.assign(hpa, owner_of(tdi.tdr), gpa);
  mmio.validate(hpa, accepted);
}

// RCX: address and level; RDX: the TD; R8: the page of device memory. It is nobody's to reach until the TD accepts it.
CallResult Connect::mmio_map(const Registers& in) {
  const Place at = find_place(Seamcall::kMmioMap, in);
  if (!at.td) return at.no;
  const auto known = mmiomt_.find(in.r8);
  const bool data = known != mmiomt_.end() && known->second.data;
  Tdi* tdi = data ? find(known->second.function) : nullptr;
  const MmioMapCase c{.walk_reached = walks_to(in.r8, 0),
                      .data = data,
                      .mapped = data && known->second.mapped,
                      .interface_there = tdi != nullptr,
                      .same_td = tdi && tdi->tdr == in.rdx,
                      .stream_blocked = tdi && streams_.at(tdi->stream).blocked};
  if (auto failed = first_failure<MmioMapCase>(kMmioMapRules, c)) return *failed;
  known->second.mapped = true;
  ++tdi->mmio_pages;
  at.td->sept.set(at.gpa, 0, {SeptState::kMmioPending, in.r8});
  (void)device_of(*tdi).mmio->assign(in.r8, owner_of(in.rdx), at.gpa);
  return done();
}

CallResult Connect::mmio_block(const Registers& in) {
  const Place at = find_place(Seamcall::kMmioBlock, in);
  if (!at.td) return at.no;
  at.td->sept.set(at.gpa, 0, {SeptState::kMmioBlocked, at.entry.hpa});
  auto& data = mmiomt_.at(at.entry.hpa);
  data.bepoch = at.td->epoch;
  if (const Tdi* tdi = find(data.function)) device_of(*tdi).mmio->validate(at.entry.hpa, false);
  return done();
}

// R8 of the answer: the page of device memory that is the host's again.
CallResult Connect::mmio_unmap(const Registers& in) {
  const Place at = find_place(Seamcall::kMmioUnmap, in);
  if (!at.td) return at.no;
  auto& data = mmiomt_.at(at.entry.hpa);
  Tdi* tdi = find(data.function);
  const auto& td = *at.td;
  const bool tracked = td.op_state != OpState::kRunnable || data.bepoch + 1 < td.epoch ||
                       (data.bepoch + 1 == td.epoch && td.inside_since_previous() == 0);
  const MmioUnmapCase c{.tracked = tracked, .unlocked = tdi && tdi->state == tdisp::State::kConfigUnlocked,
                        .stream_blocked = tdi && streams_.at(tdi->stream).blocked};
  if (auto failed = first_failure<MmioUnmapCase>(kMmioUnmapRules, c)) return *failed;
  at.td->sept.set(at.gpa, 0, {});
  data.mapped = false;
  if (tdi) {
    --tdi->mmio_pages;
    (void)device_of(*tdi).mmio->assign(at.entry.hpa, 0, 0);
  }
  return done({.r8 = at.entry.hpa});
}

std::optional<std::uint64_t> Connect::memory_at(const Td& td, std::uint64_t gpa) const {
  const SeptEntry entry = td.sept.leaf(gpa & ~(kPage - 1));
  const bool there = entry.state == SeptState::kMmioMapped || entry.state == SeptState::kMmioPending;
  return there ? std::optional(entry.hpa + gpa % kPage) : std::nullopt;
}

// ---- the TD -----------------------------------------------------------------------------------------------------------

// RCX: address and level; RDX: which range of the report, from 0; R8: the interface; R9: first page of it 63:32, pages 31:0.
TdcallResult Connect::mmio_accept(Td& td, Registers in) {
  const Tdi* tdi = find(in.r8);
  if (auto failed = first_failure<OwnTdiCase>(kOwnLockedRules, {.tdi = tdi, .tdr = td.tdr}, in)) return *failed;
  const auto* report = device_of(*tdi).firmware->report({.bits = tdi->function});
  const std::uint64_t offset = in.r9 >> 32, count = in.r9 & 0xffff'ffff, gpa = tdxproto::gpa_of(in.rcx);
  const bool known = report && in.rdx < report->mmio_ranges.size();
  const std::uint64_t pages = known ? report->mmio_ranges[in.rdx].page_count : 0;
  const AcceptRangeCase range{.address_good = (in.rcx & ~kAddress) == 0 && gpa < td.shared_bit() && count <= (td.shared_bit() - gpa) / kPage,
                              .range_known = known,
                              .in_range = count != 0 && offset <= pages && count <= pages - offset};
  if (auto failed = first_failure<AcceptRangeCase>(kAcceptRangeRules, range, in)) return *failed;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = gpa + i * kPage, meant = (report->mmio_ranges[in.rdx].first_page + offset + i) * kPage;
    const auto walk = td.sept.walk(at, 0);
    const bool already = walk.reached && walk.entry.state == SeptState::kMmioMapped;
    if (!already && (!walk.reached || walk.entry.state != SeptState::kMmioPending))
      return {in, TdExit{.reason = tdxproto::kExitEptViolation, .qualification = tdxproto::kEptWrite, .extended = tdxproto::kEeqAccept,
                         .gpa = at, .shown = {}}};
    if (auto failed = first_failure<AcceptPageCase>(kAcceptPageRules, {already, walk.entry.hpa == meant}, in)) return *failed;
    td.sept.set(at, 0, {SeptState::kMmioMapped, walk.entry.hpa});
    show(*tdi, walk.entry.hpa, at, true);
  }
  in.rax = 0;
  return {in};
}

}  // namespace tdx
