#include "tsm/sev/rmp.h"

#include <gtest/gtest.h>

#include <string>

namespace sev {
namespace {

using memory::Access;
using memory::PageSize;
using R = RmpResult;
using S = PageState;
constexpr std::uint64_t kBytes = 16ull << 20, kSpa = 0x20'0000, kGpa = 0x40'0000;
constexpr std::uint32_t kAsid = 3;

struct World {
  trust::Defences defences;
  Rmp rmp{kBytes, defences};
};

RmpEntry entry_in(S state) {
  RmpEntry e{.assigned = true, .gpa = kGpa, .perms = {}};
  switch (state) {
    case S::kHypervisor: return {};
    case S::kReclaim: return {.assigned = true};
    case S::kFirmware: return {.assigned = true, .immutable = true};
    case S::kContext: return {.assigned = true, .immutable = true, .vmsa = true};
    case S::kTable: return {.assigned = true, .immutable = true, .gpa = kTableMark};
    case S::kMetadata: return {.assigned = true, .immutable = true, .gpa = kMetadataMark};
    case S::kPreGuest: e.immutable = true, e.asid = kAsid; return e;
    case S::kPreSwap: e.immutable = e.validated = true, e.asid = kAsid; return e;
    case S::kGuestInvalid: e.asid = kAsid; return e;
    case S::kGuestValid: e.validated = true, e.asid = kAsid, e.perms[0] = kPermAll; return e;
  }
  return e;
}
Access guest(std::uint32_t asid = kAsid, std::uint64_t gpa = kGpa, bool write = false) {
  return {.who = Access::Who::kGuest, .asid = asid, .gpa = gpa, .spa = kSpa, .write = write, .private_page = true};
}
constexpr S kStates[] = {S::kHypervisor, S::kReclaim, S::kFirmware,     S::kContext,   S::kMetadata,
                         S::kPreGuest,   S::kPreSwap, S::kGuestInvalid, S::kGuestValid, S::kTable};

// What happens to a page of each state under each instruction: result, or the id of who refused; and the state
// afterwards.
struct Row {
  S from;
  const char* update;  // RMPUPDATE to Guest-Invalid
  S after_update;
  const char* validate;  // PVALIDATE(1) by the owner
  S after_validate;
  const char* invalidate;  // PVALIDATE(0)
  const char* adjust;      // RMPADJUST of VMPL1
  bool reclaims;
};
constexpr const char *kNotAssigned = "rmp.access.assigned", *kAsidId = "rmp.access.asid",
                     *kFixed = "rmp.rmpupdate.immutable", *kUnvalidated = "rmp.access.validated";
constexpr Row kProduct[] = {
    {S::kHypervisor, "0", S::kGuestInvalid, kNotAssigned, S::kHypervisor, kNotAssigned, kNotAssigned, false},
    {S::kReclaim, "0", S::kGuestInvalid, kAsidId, S::kReclaim, kAsidId, kAsidId, true},
    {S::kFirmware, kFixed, S::kFirmware, kAsidId, S::kFirmware, kAsidId, kAsidId, true},
    {S::kContext, kFixed, S::kContext, kAsidId, S::kContext, kAsidId, kAsidId, false},
    {S::kMetadata, kFixed, S::kMetadata, kAsidId, S::kMetadata, kAsidId, kAsidId, true},
    {S::kTable, kFixed, S::kTable, kAsidId, S::kTable, kAsidId, kAsidId, false},
    {S::kPreGuest, kFixed, S::kPreGuest, "0", S::kPreSwap, "255", kUnvalidated, true},
    {S::kPreSwap, kFixed, S::kPreSwap, "255", S::kPreSwap, "0", "2", true},
    {S::kGuestInvalid, "0", S::kGuestInvalid, "0", S::kGuestValid, "255", kUnvalidated, false},
    {S::kGuestValid, "0", S::kGuestInvalid, "255", S::kGuestValid, "0", "0", false},
};
std::string text(const trust::Result<R>& r) {
  return r ? std::to_string(static_cast<int>(*r)) : std::string(r.refusal().by->id);
}

TEST(Rmp, EveryStateUnderEveryInstruction) {
  ASSERT_EQ(std::size(kProduct), std::size(kStates));
  for (const Row& row : kProduct) {
    SCOPED_TRACE(name_of(row.from));
    auto fresh = [&](World& w) {
      w.rmp.set(kSpa, entry_in(row.from));
      ASSERT_EQ(w.rmp.state(kSpa), row.from);
    };
    World u, v, i, a, c;
    fresh(u), fresh(v), fresh(i), fresh(a), fresh(c);
    EXPECT_EQ(text(u.rmp.rmpupdate(kSpa, {.assigned = true, .asid = kAsid, .gpa = kGpa})), row.update);
    EXPECT_EQ(u.rmp.state(kSpa), row.after_update);
    EXPECT_EQ(text(v.rmp.pvalidate(guest(), PageSize::k4K, true)), row.validate);
    EXPECT_EQ(v.rmp.state(kSpa), row.after_validate);
    EXPECT_EQ(text(i.rmp.pvalidate(guest(), PageSize::k4K, false)), row.invalidate);
    EXPECT_EQ(text(a.rmp.rmpadjust(guest(), PageSize::k4K, 1, kPermRead, false)), row.adjust);
    EXPECT_EQ(c.rmp.reclaim(kSpa), row.reclaims);
    EXPECT_EQ(c.rmp.state(kSpa), row.reclaims ? S::kHypervisor : row.from);
  }
}

TEST(Rmp, EveryStateUnderEveryAccess) {
  for (S state : kStates) {
    SCOPED_TRACE(name_of(state));
    World w;
    w.rmp.set(kSpa, entry_in(state));
    bool assigned = state != S::kHypervisor;
    EXPECT_EQ(!w.rmp.check({.spa = kSpa, .write = true}), assigned);
    EXPECT_TRUE(w.rmp.check({.spa = kSpa}));
    Access dma{.who = Access::Who::kDevice, .spa = kSpa, .write = true};
    EXPECT_EQ(!w.rmp.check(dma), assigned);
    EXPECT_EQ(static_cast<bool>(w.rmp.check(guest())), state == S::kGuestValid);
    EXPECT_TRUE(w.rmp.check({.who = Access::Who::kFirmware, .spa = kSpa, .write = true}));
    Access shared{.who = Access::Who::kGuest, .asid = kAsid, .gpa = kGpa, .spa = kSpa, .write = true};
    EXPECT_EQ(!w.rmp.check(shared), assigned);
  }
}

struct AccessRow {
  Access access;
  const char* by;
  Fault fault;
};
TEST(Rmp, EachRuleSpeaksInItsFormAndLetsTheActHappenWhenLifted) {
  World w;
  w.rmp.set(kSpa, entry_in(S::kGuestValid));
  w.rmp.set(kSpa + 0x1000, entry_in(S::kGuestInvalid));
  constexpr auto kNpf = kPferrRmp | kPferrGuestEnc;
  Access host{.spa = kSpa, .write = true}, bare = guest(), invalid = guest(), low = guest(), large = guest();
  bare.spa = kSpa + 0x5000;
  invalid.spa = kSpa + 0x1000;
  low.vmpl = 2;
  large.is_2m = true;
  const AccessRow rows[] = {
      {host, "rmp.host-write.assigned", {Fault::Seen::kHostPageFault, kPferrRmp | kPferrWrite}},
      {bare, "rmp.access.assigned", {Fault::Seen::kHostNestedFault, kNpf}},
      {guest(4), "rmp.access.asid", {Fault::Seen::kHostNestedFault, kNpf}},
      {guest(kAsid, 0x7000), "rmp.access.gpa", {Fault::Seen::kHostNestedFault, kNpf}},
      {invalid, "rmp.access.validated", {Fault::Seen::kGuestVc, 0x404}},
      {low, "rmp.access.vmpl", {Fault::Seen::kHostNestedFault, kNpf | kPferrGuestVmpl}},
      {large, "rmp.access.size", {Fault::Seen::kHostNestedFault, kNpf | kPferrGuestSize}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.by);
    auto no = w.rmp.check(row.access);
    ASSERT_FALSE(no);
    EXPECT_EQ(no.refusal().by->id, row.by);
    EXPECT_EQ(fault_of(no.refusal(), row.access), row.fault);
    World other;
    for (const auto& [spa, entry] : w.rmp.entries()) other.rmp.set(spa, entry);
    other.defences.lift(row.by);
    auto next = other.rmp.check(row.access);
    bool conformance = std::string_view(row.by) == "rmp.access.size";
    EXPECT_EQ(!next && next.refusal().by->id == row.by, conformance);
  }
}

TEST(Rmp, ALargeHostMappingStopsAtOneAssignedPageInside) {
  World w;
  w.rmp.set(kSpa + 0x3000, entry_in(S::kGuestValid));
  EXPECT_TRUE(w.rmp.check({.spa = kSpa, .write = true}));
  EXPECT_FALSE(w.rmp.check({.spa = kSpa, .write = true, .is_2m = true}));
}

TEST(Rmp, SizesMustAgree) {
  World w;
  Access large = guest();
  large.is_2m = true;
  ASSERT_EQ(text(w.rmp.rmpupdate(kSpa, {.assigned = true, .asid = kAsid, .gpa = kGpa, .size = PageSize::k2M})), "0");
  EXPECT_EQ(w.rmp.entry(kSpa + 0x5000).gpa, kGpa + 0x5000);
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa + 0x1000, {.assigned = true, .asid = kAsid, .gpa = kGpa})), "4");
  EXPECT_EQ(text(w.rmp.pvalidate(guest(), PageSize::k4K, true)), "rmp.pvalidate.size");
  EXPECT_EQ(text(w.rmp.pvalidate(large, PageSize::k2M, true)), "0");
  ASSERT_EQ(w.rmp.psmash(kSpa), R::kSuccess);
  EXPECT_EQ(w.rmp.psmash(kSpa), R::kFailInput);
  RmpEntry last = w.rmp.entry(kSpa + 511 * 0x1000);
  EXPECT_TRUE(last.validated && last.gpa == kGpa + 511 * 0x1000 && last.perms[0] == kPermAll &&
              last.size == PageSize::k4K);
  EXPECT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k2M, 1, 1, false)), "6");
  Access split = large;
  split.is_2m = false;
  EXPECT_EQ(text(w.rmp.pvalidate(split, PageSize::k2M, false)), "6");
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {.assigned = true, .asid = kAsid, .gpa = kGpa, .size = PageSize::k2M})), "4");
}

TEST(Rmp, BadOperandsAreInputFailures) {
  World w;
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa + 1, {})), "1");
  EXPECT_EQ(text(w.rmp.rmpupdate(kBytes, {})), "1");
  EXPECT_EQ(text(w.rmp.rmpupdate(~0ull << 12, {})), "1");
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {.assigned = true, .asid = 1, .gpa = 7})), "1");
  EXPECT_EQ(w.rmp.psmash(kSpa + 0x1000), R::kFailInput);
  EXPECT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k4K, 4, 0, false)), "1");
  EXPECT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k4K, 1, 0x10, false)), "1");
}

TEST(Rmp, RmpadjustGivesDownwardsAndNoMoreThanTheCallerHas) {
  World w;
  w.rmp.set(kSpa, entry_in(S::kGuestValid));
  EXPECT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k4K, 0, 1, false)), "2");
  ASSERT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k4K, 1, kPermRead, false)), "0");
  Access one = guest();
  one.vmpl = 1;
  EXPECT_EQ(text(w.rmp.rmpadjust(one, PageSize::k4K, 2, kPermWrite, false)), "2");
  EXPECT_EQ(text(w.rmp.rmpadjust(one, PageSize::k4K, 2, kPermRead, true)), "2");
  EXPECT_EQ(text(w.rmp.rmpadjust(one, PageSize::k4K, 2, kPermRead, false)), "0");
  EXPECT_TRUE(w.rmp.check(one));
  one.write = true;
  EXPECT_FALSE(w.rmp.check(one));
  Access pvalidator = guest();
  pvalidator.vmpl = 1;
  EXPECT_EQ(text(w.rmp.pvalidate(pvalidator, PageSize::k4K, false)), "2");
}

TEST(Rmp, VmrunTakesOnlySaveAreasAndKeepsThemWhileTheyRun) {
  World w;
  w.rmp.set(kSpa, entry_in(S::kGuestValid));
  auto no = w.rmp.enter(kAsid, kSpa);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal().by->id, "rmp.vmrun.vmsa");
  EXPECT_EQ(fault_of(no.refusal(), {}).seen, Fault::Seen::kVmrunInvalid);
  ASSERT_EQ(text(w.rmp.rmpadjust(guest(), PageSize::k4K, 1, 0, true)), "0");
  EXPECT_FALSE(w.rmp.enter(kAsid + 1, kSpa));
  EXPECT_TRUE(w.rmp.enter(kAsid, kSpa));
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {})), "3");
  w.rmp.leave(kSpa);
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {})), "0");
}

// Linux arch/x86/virt/svm/sev.c, raw entry: the words as the shifts there give them.
TEST(RmpEntry, LiesInMemoryAsThePublishedLayoutSays) {
  const RmpEntry entry{.assigned = true, .validated = true, .immutable = true, .vmsa = true, .asid = 0x155, .gpa = 0x1'2345'6000,
                       .size = PageSize::k2M, .perms = {15, 1, 2, 4}};
  const auto bytes = encode_rmp_entry(entry);
  const std::uint64_t low = 0x1u | 0x2u | 0x4u | (std::uint64_t{0x123456} << 12) | (std::uint64_t{0x155} << 51) |
                            (std::uint64_t{1} << 61) | (std::uint64_t{1} << 62);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 0), low);
  EXPECT_EQ(decode_rmp_entry(bytes), entry);
  EXPECT_EQ(decode_rmp_entry(base::Bytes(16)), RmpEntry{});
}

TEST(RmpEntry, EveryStateSurvivesTheWayThroughMemory) {
  for (S state : kStates) EXPECT_EQ(decode_rmp_entry(encode_rmp_entry(entry_in(state))), entry_in(state)) << name_of(state);
}

struct InMemory {
  static constexpr std::uint64_t kBase = 0x10'0000;
  trust::Defences defences;
  memory::EncryptedMemory memory{{.bytes = kBytes}};
  Rmp rmp{memory, kBase, defences};
};

TEST(Rmp, WhatTheBytesSayIsWhatIsChecked) {
  InMemory m;
  m.rmp.set(kSpa, entry_in(S::kGuestValid));
  ASSERT_TRUE(m.rmp.check(guest()));
  RmpEntry other = entry_in(S::kGuestValid);
  other.gpa = kGpa + 0x1000;
  ASSERT_TRUE(m.memory.write_dram(m.rmp.entry_address(kSpa), encode_rmp_entry(other)));
  auto no = m.rmp.check(guest());
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal().by->id, "rmp.access.gpa");
  EXPECT_TRUE(m.rmp.check(guest(kAsid, kGpa + 0x1000)));
}

TEST(Rmp, GuardsItsOwnPagesOnceProtected) {
  InMemory m;
  const std::uint64_t where = m.rmp.entry_address(kSpa);
  EXPECT_TRUE(m.rmp.check({.spa = where, .write = true}));
  m.rmp.protect();
  EXPECT_EQ(m.rmp.state(where), S::kTable);
  EXPECT_FALSE(m.rmp.check({.spa = where, .write = true}));
  EXPECT_EQ(text(m.rmp.rmpupdate(where & ~0xFFFull, {})), kFixed);
  EXPECT_FALSE(m.rmp.reclaim(where));
  EXPECT_EQ(m.rmp.state(InMemory::kBase - 0x1000), S::kHypervisor);
  EXPECT_EQ(m.rmp.state((m.rmp.entry_address(kBytes) + 0xFFF) & ~0xFFFull), S::kHypervisor);
}

// The security processor writes past the caches of the cores.
TEST(Rmp, ALineThatACoreHoldsStandsOverTheGuard) {
  trust::Defences defences;
  memory::EncryptedMemory memory{{.bytes = kBytes, .dirty_lines = true}};
  Rmp rmp{memory, InMemory::kBase, defences};
  const base::Bytes zeroes(rmp.own_entry_bytes());
  EXPECT_TRUE(rmp.clean());
  ASSERT_TRUE(memory.write(memory::KeyId::kNone, rmp.own_entries(), zeroes));
  EXPECT_FALSE(rmp.clean());
  rmp.protect();
  EXPECT_EQ(rmp.state(InMemory::kBase), S::kHypervisor);
  memory.write_back_all();
  EXPECT_EQ(rmp.state(InMemory::kBase), S::kHypervisor);
  ASSERT_TRUE(memory.write(memory::KeyId::kNone, rmp.own_entries(), zeroes));
  rmp.flush();
  EXPECT_TRUE(rmp.clean());
  rmp.protect();
  EXPECT_EQ(rmp.state(InMemory::kBase), S::kTable);
}

TEST(Rmp, AnEntryHasNoRoomForALargerAsidOrAddress) {
  World w;
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {.assigned = true, .asid = kRmpAsidMax + 1, .gpa = kGpa})), "1");
  EXPECT_EQ(text(w.rmp.rmpupdate(kSpa, {.assigned = true, .asid = kAsid, .gpa = kRmpGpaEnd})), "1");
}

}  // namespace
}  // namespace sev
