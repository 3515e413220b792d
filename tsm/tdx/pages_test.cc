// The Secure EPT's states, what a host may do with a TD's pages, and what it may not.
#include <gtest/gtest.h>

#include "tsm/tdx/bare_module.h"
#include "tsm/tdx/module_rules.h"

namespace tdx {
namespace {

using S = Seamcall;
using B = BareModule;

// One entry in each state that a call can find it in, in a TD that is built but does not run yet.
constexpr SeptState kStates[] = {SeptState::kFree, SeptState::kPending, SeptState::kPendingBlocked, SeptState::kMapped, SeptState::kBlocked};

struct InState : BareModule {
  explicit InState(SeptState state) : BareModule(Stage::kInitialized) {
    gpa = state == SeptState::kFree ? kFree : is_pending(state) ? kPending : kMapped;
    if (is_blocked(state)) must(on_page(S::kMemRangeBlock, gpa));
    if (this->state(gpa) != state) throw std::runtime_error("not there");
  }
  std::uint64_t gpa;
};

struct Row {
  S leaf;
  // free, pending, pending blocked, mapped, blocked
  Status status[5];
  SeptState after[5];
};
constexpr auto kGood = Status::kSuccess, kBad = Status::kEptEntryStateIncorrect, kAlready = Status::kGpaRangeAlreadyBlocked;
using T = SeptState;
constexpr Row kTable[] = {
    {S::kMemPageAdd, {kGood, kBad, kBad, kBad, kBad}, {T::kMapped, T::kPending, T::kPendingBlocked, T::kMapped, T::kBlocked}},
    {S::kMemPageAug, {kGood, kBad, kBad, kBad, kBad}, {T::kPending, T::kPending, T::kPendingBlocked, T::kMapped, T::kBlocked}},
    {S::kMemRangeBlock, {kBad, kGood, kAlready, kGood, kAlready}, {T::kFree, T::kPendingBlocked, T::kPendingBlocked, T::kBlocked, T::kBlocked}},
    {S::kMemRangeUnblock, {kBad, kBad, kGood, kBad, kGood}, {T::kFree, T::kPending, T::kPending, T::kMapped, T::kMapped}},
    {S::kMemPageRemove, {kBad, kGood, kGood, kGood, kGood}, {T::kFree, T::kFree, T::kFree, T::kFree, T::kFree}},
    {S::kMemPageRelocate, {kBad, kGood, kGood, kGood, kGood}, {T::kFree, T::kPending, T::kPending, T::kMapped, T::kMapped}},
    {S::kMrExtend, {kBad, kBad, kBad, kGood, kBad}, {T::kFree, T::kPending, T::kPendingBlocked, T::kMapped, T::kBlocked}},
    {S::kMemSeptRd, {kGood, kGood, kGood, kGood, kGood}, {T::kFree, T::kPending, T::kPendingBlocked, T::kMapped, T::kBlocked}},
};

TEST(SeptStates, EveryCallInEveryStateAnswersAndMovesAsTheTableSays) {
  for (const auto& row : kTable)
    for (unsigned i = 0; i < 5; ++i) {
      InState m(kStates[i]);
      const auto result = m.call(row.leaf, {.rcx = m.gpa, .rdx = B::kTdr, .r8 = m.fresh(), .r9 = B::kSource});
      EXPECT_EQ(result.status(), row.status[i]) << tdxproto::name_of(row.leaf) << " " << i << " " << tdxproto::name_of(result.status());
      EXPECT_EQ(m.state(m.gpa), row.after[i]) << tdxproto::name_of(row.leaf) << " " << i;
      EXPECT_TRUE(row.leaf != S::kMemSeptRd || result.out.rdx == static_cast<std::uint64_t>(kStates[i]) << 8);
    }
}

TEST(SeptStates, AcceptOfEachState) {
  struct { SeptState before; Status status; bool exits; SeptState after; } const table[] = {
      {T::kPending, Status::kSuccess, false, T::kMapped},
      {T::kMapped, Status::kPageAlreadyAccepted, false, T::kMapped},
      {T::kFree, Status::kSuccess, true, T::kFree},
      {T::kBlocked, Status::kSuccess, true, T::kBlocked},
      {T::kPendingBlocked, Status::kSuccess, true, T::kPendingBlocked},
  };
  for (const auto& row : table) {
    InState m(row.before);
    BareModule::must(m.of_td(S::kMrFinalize));
    BareModule::must(m.enter());
    const auto result = m.module.tdcall(1, {.rax = static_cast<std::uint64_t>(tdxproto::Tdcall::kMemPageAccept), .rcx = m.gpa});
    ASSERT_EQ(result.exit.has_value(), row.exits);
    if (row.exits) {
      EXPECT_EQ(result.exit->extended, tdxproto::kEeqAccept);
      EXPECT_EQ(result.exit->gpa, m.gpa);
      EXPECT_FALSE(m.module.vcpu_on(1)->inside);
    } else {
      EXPECT_EQ(tdxproto::status_of(result.out.rax), row.status);
    }
    EXPECT_EQ(m.state(m.gpa), row.after);
  }
}

TEST(SeptStates, AcceptKnowsSizesAndAddresses) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  EXPECT_EQ(tdxproto::status_of(m.accept(tdxproto::gpa_and_level(0, 1))), Status::kPageSizeMismatch);
  EXPECT_EQ(tdxproto::status_of(m.accept(1ull << 47 | B::kPending)), Status::kOperandInvalid);
  EXPECT_EQ(tdxproto::status_of(m.accept(B::kPending | 2)), Status::kOperandInvalid);
  EXPECT_EQ(tdxproto::status_of(m.accept(B::kPending | 1)), Status::kOperandInvalid) << "not aligned to 2 MiB";
  EXPECT_EQ(tdxproto::status_of(m.accept(B::kPending | 0x80)), Status::kOperandInvalid);
}

TEST(SeptStates, AnAcceptedPageBeginsAsZeroesWhateverLayThere) {
  BareModule m(Stage::kInitialized);
  const base::Bytes old(4096, 0xEE);
  ASSERT_TRUE(m.memory.write(key_of(B::kHkid), B::kPendingPage, old));
  BareModule::must(m.of_td(S::kMrFinalize));
  BareModule::must(m.enter());
  EXPECT_EQ(m.accept(B::kPending), 0u);
  EXPECT_EQ(m.read(key_of(B::kHkid), B::kPendingPage), base::Bytes(4096));
}

TEST(SeptTables, AreAddedFromTheTopAndRemovedEmpty) {
  BareModule m(Stage::kInitialized);
  const auto add = [&](std::uint64_t gpa, unsigned level) {
    return m.call(S::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(gpa, level), .rdx = B::kTdr, .r8 = m.fresh()}).status();
  };
  EXPECT_EQ(add(0x80'0000'0000, 1), Status::kEptWalkFailed);
  EXPECT_EQ(add(0x80'0000'0000, 3), Status::kSuccess);
  EXPECT_EQ(add(0x80'0000'0000, 3), Status::kEptEntryStateIncorrect);
  EXPECT_EQ(add(0x80'0000'0000, 0), Status::kOperandInvalid);
  EXPECT_EQ(add(0x80'0000'1000, 2), Status::kOperandInvalid) << "not aligned to its level";
  EXPECT_EQ(m.on_page(S::kMemSeptRemove, 0, 1).status(), Status::kEptEntryNotFree);
  EXPECT_TRUE(m.on_page(S::kMemSeptRemove, 0x80'0000'0000, 3).ok());
}

TEST(SeptTables, ABlockedTableHidesWhatIsBelow) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  BareModule::must(m.on_page(S::kMemRangeBlock, 0, 1));
  m.track();
  EXPECT_FALSE(m.module.translate(1, B::kMapped, std::nullopt));
  EXPECT_EQ(m.on_page(S::kMemPageRemove, B::kMapped).status(), Status::kEptWalkFailed);
  BareModule::must(m.on_page(S::kMemRangeUnblock, 0, 1));
  EXPECT_EQ(m.module.translate(1, B::kMapped + 5, std::nullopt), B::kMappedPage + 5);
}

// ---- one page, one use ----------------------------------------------------------------------------------------------

TEST(Aliases, APageInUseIsTakenForNothingElse) {
  BareModule m(Stage::kInitialized);
  for (const std::uint64_t page : {B::kMappedPage, B::kPendingPage, B::kTdr, B::kTdvpr}) {
    EXPECT_EQ(m.aug(B::kFree, page).out.rax, tdxproto::with(Status::kPageMetadataIncorrect, Operand::kR8)) << std::hex << page;
    EXPECT_EQ(m.add(B::kFree, page).status(), Status::kPageMetadataIncorrect);
    EXPECT_EQ(m.call(S::kMngCreate, {.rcx = page, .rdx = 41}).status(), Status::kPageMetadataIncorrect);
    EXPECT_EQ(m.call(S::kVpCreate, {.rcx = page, .rdx = B::kTdr}).status(), Status::kPageMetadataIncorrect);
    EXPECT_EQ(m.call(S::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(0x20'0000, 1), .rdx = B::kTdr, .r8 = page}).status(),
              Status::kPageMetadataIncorrect);
  }
  EXPECT_EQ(m.aug(B::kFree, B::kBytes).status(), Status::kOperandAddrRangeError);
  EXPECT_EQ(m.aug(B::kFree, B::kFreePage + 1).status(), Status::kOperandInvalid);
  EXPECT_EQ(m.aug(B::kFree | 1ull << 47, B::kFreePage).status(), Status::kOperandInvalid) << "a shared address";
  EXPECT_EQ(m.aug(B::kFree | 1ull << 63, B::kFreePage).status(), Status::kOperandInvalid);
}

TEST(Aliases, WithoutTheTableTwoAddressesShareAPageAndAcceptingOneWipesTheOther) {
  BareModule m(Stage::kRunnable, {"tdx.pamt.page-free"});
  BareModule::must(m.enter());
  const auto before = m.read(key_of(B::kHkid), B::kMappedPage);
  ASSERT_EQ(before, base::Bytes(4096, 0x5A));
  EXPECT_TRUE(m.aug(B::kFree, B::kMappedPage).ok());
  EXPECT_EQ(m.accept(B::kFree), 0u);
  EXPECT_EQ(m.module.translate(1, B::kFree, std::nullopt), m.module.translate(1, B::kMapped, std::nullopt));
  EXPECT_EQ(m.read(key_of(B::kHkid), B::kMappedPage), base::Bytes(4096));
}

TEST(Aliases, WithoutTheEntryCheckAPageIsReplacedUnderTheGuest) {
  BareModule whole(Stage::kRunnable), lifted(Stage::kRunnable, {"tdx.sept.entry-free"});
  EXPECT_EQ(whole.aug(B::kMapped, B::kFreePage).status(), Status::kEptEntryStateIncorrect);
  EXPECT_TRUE(lifted.aug(B::kMapped, B::kFreePage).ok());
  EXPECT_EQ(lifted.state(B::kMapped), SeptState::kPending);
}

TEST(Aliases, ALivingTdsPageIsNotReclaimed) {
  BareModule whole(Stage::kRunnable);
  EXPECT_EQ(whole.call(S::kPhymemPageReclaim, {.rcx = B::kMappedPage}).status(), Status::kLifecycleStateIncorrect);
  EXPECT_EQ(whole.call(S::kPhymemPageReclaim, {.rcx = B::kFreePage}).status(), Status::kPageMetadataIncorrect);
}

TEST(Aliases, NothingIsAddedOnceTheMeasurementIsFinal) {
  BareModule whole(Stage::kRunnable);
  const auto no = whole.add(B::kFree, B::kFreePage);
  EXPECT_EQ(no.status(), Status::kOpStateIncorrect);
  ASSERT_TRUE(no.refusal);
  EXPECT_EQ(no.refusal->by->id, "tdx.add.unfinished");
}

TEST(Remap, AnAddressLeadsWhereTheModuleSaysWhateverTheHostsTablesHave) {
  BareModule whole(Stage::kRunnable), lifted(Stage::kRunnable, {"tdx.sept.owner"});
  for (BareModule* m : {&whole, &lifted}) BareModule::must(m->enter());
  EXPECT_EQ(whole.module.translate(1, B::kMapped, B::kPendingPage), B::kMappedPage);
  EXPECT_EQ(lifted.module.translate(1, B::kMapped, B::kPendingPage), B::kPendingPage);
  EXPECT_EQ(lifted.module.translate(1, B::kFree, B::kPendingPage), std::nullopt);
}

TEST(Relocate, TheTdSeesNoDifference) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  (void)m.module.translate(1, B::kMapped, std::nullopt);
  BareModule::must(m.on_page(S::kMemRangeBlock, B::kMapped));
  m.track();
  const auto moved = m.call(S::kMemPageRelocate, {.rcx = B::kMapped, .rdx = B::kTdr, .r8 = B::kFreePage});
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved.out.rcx, B::kMappedPage);
  EXPECT_EQ(m.state(B::kMapped), SeptState::kMapped);
  EXPECT_EQ(m.module.translate(1, B::kMapped, std::nullopt), B::kFreePage);
  EXPECT_EQ(m.read(key_of(B::kHkid), B::kFreePage), base::Bytes(4096, 0x5A));
  EXPECT_EQ(m.module.pamt().entry(B::kMappedPage).type, PageType::kNda);
}

// ---- tracking of translations ---------------------------------------------------------------------------------------

TEST(Tracking, APageLeavesOnlyBlockedAndTracked) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  const auto remove = [&] { return m.on_page(S::kMemPageRemove, B::kMapped).status(); };
  EXPECT_EQ(remove(), Status::kGpaRangeNotBlocked);
  BareModule::must(m.on_page(S::kMemRangeBlock, B::kMapped));
  EXPECT_EQ(remove(), Status::kTlbTrackingNotDone);
  BareModule::must(m.of_td(S::kMemTrack));
  EXPECT_EQ(remove(), Status::kTlbTrackingNotDone) << "the vCPU is inside since before";
  EXPECT_EQ(m.on_page(S::kMemRangeUnblock, B::kMapped).status(), Status::kTlbTrackingNotDone);
  EXPECT_EQ(m.of_td(S::kMemTrack).status(), Status::kPreviousTlbEpochBusy);
  m.module.exit_to_host(1);
  EXPECT_EQ(remove(), Status::kSuccess);
  EXPECT_EQ(m.module.pamt().entry(B::kMappedPage).type, PageType::kNda);
}

TEST(Tracking, AnEntryInTheSameEpochIsNoneThatTheTrackingWaitsFor) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  BareModule::must(m.on_page(S::kMemRangeBlock, B::kMapped));
  m.module.exit_to_host(1);
  BareModule::must(m.enter());  // before the host tracks: in the old epoch once more
  BareModule::must(m.of_td(S::kMemTrack));
  EXPECT_EQ(m.on_page(S::kMemPageRemove, B::kMapped).status(), Status::kTlbTrackingNotDone);
  m.module.exit_to_host(1);
  BareModule::must(m.enter());  // in the new one
  EXPECT_TRUE(m.on_page(S::kMemPageRemove, B::kMapped).ok());
}

TEST(Tracking, ATdThatCannotRunNeedsNone) {
  BareModule m(Stage::kInitialized);
  EXPECT_TRUE(m.on_page(S::kMemPageRemove, B::kMapped).ok());
  EXPECT_EQ(m.call(S::kPhymemPageRdmd, {.rcx = B::kMappedPage}).out.rcx, 0u);
}

TEST(Tracking, BlockedPagesAreReachedOnlyByWhoHasThemCached) {
  BareModule m(Stage::kRunnable);
  BareModule::must(m.enter());
  (void)m.module.translate(1, B::kMapped, std::nullopt);
  BareModule::must(m.on_page(S::kMemRangeBlock, B::kMapped));
  EXPECT_EQ(m.module.translate(1, B::kMapped, std::nullopt), B::kMappedPage);
  EXPECT_EQ(m.call(S::kPhymemPageRdmd, {.rcx = B::kMappedPage}).out.r9, m.mine().epoch);
  m.track();
  EXPECT_FALSE(m.module.translate(1, B::kMapped, std::nullopt));
  BareModule::must(m.on_page(S::kMemRangeUnblock, B::kMapped));
  EXPECT_TRUE(m.module.translate(1, B::kMapped, std::nullopt));
}

// ---- TDs under test -------------------------------------------------------------------------------------------------

TEST(Debug, TheHostLooksIntoATdThatIsUnderTestAndIntoNoOther) {
  tdxproto::TdParams params;
  params.attributes |= tdxproto::kAttributeDebug;
  BareModule open(Stage::kRunnable, {}, params), closed(Stage::kRunnable), lifted(Stage::kRunnable, {"tdx.debug.attribute"});
  const auto look = [](BareModule& m) { return m.call(S::kMemRd, {.rcx = B::kMapped + 8, .rdx = B::kTdr}); };
  EXPECT_EQ(look(open).out.r8, 0x5A5A'5A5A'5A5A'5A5Au);
  EXPECT_EQ(look(closed).status(), Status::kTdNonDebug);
  EXPECT_EQ(look(closed).out.r8, 0u);
  EXPECT_EQ(look(lifted).out.r8, 0x5A5A'5A5A'5A5A'5A5Au);
  BareModule::must(open.call(S::kMemWr, {.rcx = B::kMapped + 8, .rdx = B::kTdr, .r8 = 0x1234}));
  EXPECT_EQ(look(open).out.r8, 0x1234u);
  EXPECT_EQ(open.call(S::kMemRd, {.rcx = B::kMapped + 4, .rdx = B::kTdr}).status(), Status::kOperandInvalid);
  EXPECT_EQ(open.call(S::kMemRd, {.rcx = B::kPending, .rdx = B::kTdr}).status(), Status::kEptEntryStateIncorrect);
  BareModule::must(open.call(S::kVpWr, {.rcx = B::kTdvpr, .rdx = 3, .r8 = 0x77}));
  EXPECT_EQ(open.call(S::kVpRd, {.rcx = B::kTdvpr, .rdx = 3}).out.r8, 0x77u);
  EXPECT_EQ(open.call(S::kVpRd, {.rcx = B::kTdvpr, .rdx = 128}).status(), Status::kMetadataFieldIdIncorrect);
  EXPECT_EQ(closed.call(S::kVpRd, {.rcx = B::kTdvpr, .rdx = 3}).status(), Status::kTdNonDebug);
}

TEST(Rows, HaveEachTheirOwnNameAndAPromise) {
  std::set<std::string_view> ids;
  for (const auto* row : module_defences()) {
    EXPECT_TRUE(ids.insert(row->id).second) << row->id;
    EXPECT_TRUE(row->id.starts_with("tdx."));
    EXPECT_TRUE(row->promise.ends_with("."));
  }
  EXPECT_EQ(ids.size(), module_defences().size());
}

}  // namespace
}  // namespace tdx
