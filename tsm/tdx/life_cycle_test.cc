// Every host call on a TD at every point of its life.
#include <gtest/gtest.h>

#include "tsm/tdx/bare_module.h"

namespace tdx {
namespace {

using S = Seamcall;
using B = BareModule;

// What each letter of the table stands for.
Status meaning(char letter) {
  switch (letter) {
    case '.': return Status::kSuccess;
    case 'M': return Status::kPageMetadataIncorrect;
    case 'L': return Status::kLifecycleStateIncorrect;
    case 'K': return Status::kTdKeysNotConfigured;
    case 'C': return Status::kTdcsNotAllocated;
    case 'O': return Status::kOpStateIncorrect;
    case 'F': return Status::kTdFatal;
    case 'T': return Status::kTdcxNumIncorrect;
    case 'V': return Status::kVcpuStateIncorrect;
    case 'E': return Status::kEptEntryStateIncorrect;
    case 'B': return Status::kGpaRangeNotBlocked;
    case 'N': return Status::kTdNonDebug;
    case 'U': return Status::kFlushvpNotDone;
    case 'W': return Status::kWbcacheNotComplete;
    case 'A': return Status::kTdAssociatedPagesExist;
    case 'n': return Status::kNoHkidReadyToWbcache;
    case 'X': return Status::kNoVcpus;
  }
  ADD_FAILURE() << "no meaning: " << letter;
  return Status::kOperandInvalid;
}

struct Row {
  S leaf;
  // nothing, HKID assigned, keys configured, control pages there, initialized, runnable, fatal, blocked, torn down
  const char* expected;
};
constexpr Row kTable[] = {
    {S::kMngCreate, ".MMMMMMMM"},       {S::kMngKeyConfig, "M.LLLLFLL"},    {S::kMngAddcx, "MK.TOOFKK"},
    {S::kMngInit, "MKC.OOFKK"},         {S::kVpCreate, "MKCO.OFKK"},        {S::kVpAddcx, "MMMMTOFKK"},
    {S::kVpInit, "MMMMVOFKK"},          {S::kVpEnter, "MMMMO.FKK"},         {S::kVpFlush, "MMMM...KK"},
    {S::kVpRd, "MMMMNNFKK"},            {S::kMemSeptAdd, "MKCO..FKK"},      {S::kMemSeptRd, "MKCO..FKK"},
    {S::kMemPageAdd, "MKCO.OFKK"},      {S::kMemPageAug, "MKCO..FKK"},      {S::kMemRangeBlock, "MKCO..FKK"},
    {S::kMemRangeUnblock, "MKCOEEFKK"}, {S::kMemTrack, "MKCO..FKK"},        {S::kMemPageRemove, "MKCO.BFKK"},
    {S::kMemPageRelocate, "MKCO.BFKK"}, {S::kMemRd, "MKCONNFKK"},           {S::kMemWr, "MKCONNFKK"},
    {S::kMrExtend, "MKCO.OFKK"},        {S::kMrFinalize, "MKCO.OFKK"},      {S::kMngVpflushdone, "M...UUULL"},
    {S::kPhymemCacheWb, "nnnnnnn.n"},   {S::kMngKeyFreeid, "MLLLLLLWL"},    {S::kPhymemPageReclaim, "MLLLLLLLA"},
};

Registers operands(S leaf, BareModule& m) {
  switch (leaf) {
    case S::kMngCreate: return {.rcx = B::kTdr, .rdx = B::kHkid + 1};
    case S::kMngAddcx:
    case S::kVpCreate: return {.rcx = m.fresh(), .rdx = B::kTdr};
    case S::kPhymemCacheWb: return {};
    case S::kMngInit: return {.rcx = B::kTdr, .rdx = B::kParams};
    case S::kVpAddcx: return {.rcx = m.fresh(), .rdx = B::kTdvpr};
    case S::kVpInit:
    case S::kVpEnter:
    case S::kVpFlush:
    case S::kVpRd: return {.rcx = B::kTdvpr};
    case S::kMemSeptAdd: return {.rcx = tdxproto::gpa_and_level(0x20'0000, 1), .rdx = B::kTdr, .r8 = m.fresh()};
    case S::kMemPageAdd:
    case S::kMemPageAug: return {.rcx = B::kFree, .rdx = B::kTdr, .r8 = B::kFreePage, .r9 = B::kSource};
    case S::kMemPageRelocate: return {.rcx = B::kMapped, .rdx = B::kTdr, .r8 = m.fresh()};
    case S::kMemSeptRd:
    case S::kMemRangeBlock:
    case S::kMemRangeUnblock:
    case S::kMemPageRemove:
    case S::kMrExtend:
    case S::kMemRd:
    case S::kMemWr: return {.rcx = B::kMapped, .rdx = B::kTdr};
    default: return {.rcx = B::kTdr};
  }
}

TEST(LifeCycle, EveryCallInEveryStateAnswersAsTheTableSays) {
  for (const auto& row : kTable)
    for (unsigned stage = 0; stage < 9; ++stage) {
      BareModule m{Stage(stage)};
      ASSERT_TRUE(Stage(stage) != Stage::kFatal || m.mine().fatal);
      const auto result = m.call(row.leaf, operands(row.leaf, m));
      const auto expected = meaning(row.expected[stage]);
      EXPECT_EQ(result.status(), expected) << tdxproto::name_of(row.leaf) << " at stage " << stage << ": "
                                           << tdxproto::name_of(result.status()) << ", not " << tdxproto::name_of(expected);
    }
}

TEST(LifeCycle, ATdWithoutAVcpuIsNotFinalized) {
  BareModule m(Stage::kUninitialized);
  BareModule::must(m.init());
  EXPECT_EQ(m.of_td(S::kMrFinalize).status(), Status::kNoVcpus);
}

TEST(LifeCycle, TheModuleStartsInOrderAndOnlyThenServes) {
  const S order[] = {S::kSysInit, S::kSysLpInit, S::kSysConfig, S::kSysKeyConfig, S::kSysTdmrInit};
  for (std::size_t done = 0; done <= 4; ++done) {
    TestMachine m;
    for (std::size_t i = 0; i < done; ++i) EXPECT_EQ(m.call(order[i]).out.rax, 0u) << i;
    const auto early = m.call(S::kMngCreate, {.rcx = 0x100'0000, .rdx = 40}).status();
    EXPECT_EQ(early == Status::kSysNotReady, done < 4) << done;
    for (std::size_t other = 0; other < 4; ++other) {
      if (other == done) continue;
      TestMachine again;
      for (std::size_t i = 0; i < done; ++i) BareModule::must(again.call(order[i]));
      EXPECT_FALSE(again.call(order[other]).ok()) << done << " " << other;
    }
  }
}

TEST(LifeCycle, AKeyIdServesOneTd) {
  BareModule m(Stage::kAssigned);
  EXPECT_EQ(m.call(S::kMngCreate, {.rcx = m.fresh(), .rdx = B::kHkid}).status(), Status::kHkidNotFree);
  for (const std::uint64_t hkid : {0ull, 31ull, 32ull, 64ull, 0x1'0000'0028ull})
    EXPECT_EQ(m.call(S::kMngCreate, {.rcx = m.fresh(), .rdx = hkid}).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRdx))
        << hkid << " is public, the module's own, or none";
  EXPECT_EQ(m.call(S::kMngCreate, {.rcx = 0x1'0000'0000, .rdx = 41}).status(), Status::kOperandAddrRangeError);
  EXPECT_EQ(m.call(S::kMngCreate, {.rcx = m.fresh() + 8, .rdx = 41}).status(), Status::kOperandInvalid);
}

TEST(LifeCycle, AllIsGivenBackAfterTeardownTheRootPageLast) {
  BareModule m(Stage::kTeardown);
  EXPECT_FALSE(m.memory.has_key(key_of(B::kHkid)));
  std::vector<std::uint64_t> pages;
  for (const auto& [hpa, entry] : m.module.pamt().entries())
    if (entry.type != PageType::kTdr) pages.push_back(hpa);
  EXPECT_EQ(m.call(S::kPhymemPageReclaim, {.rcx = B::kTdr}).status(), Status::kTdAssociatedPagesExist);
  for (const auto hpa : pages) EXPECT_TRUE(m.call(S::kPhymemPageReclaim, {.rcx = hpa}).ok()) << std::hex << hpa;
  EXPECT_TRUE(m.call(S::kPhymemPageReclaim, {.rcx = B::kTdr}).ok());
  EXPECT_TRUE(m.module.pamt().entries().empty());
  EXPECT_TRUE(m.create().ok()) << "page and key id serve another TD";
}

TEST(LifeCycle, TheKeyIsFreeOnlyAfterTheCachesAreWrittenBack) {
  BareModule m(Stage::kBlocked);
  EXPECT_EQ(m.of_td(S::kMngKeyFreeid).status(), Status::kWbcacheNotComplete);
  EXPECT_EQ(m.call(S::kMngCreate, {.rcx = m.fresh(), .rdx = B::kHkid}).status(), Status::kHkidNotFree);
  BareModule::must(m.call(S::kPhymemCacheWb));
  EXPECT_TRUE(m.of_td(S::kMngKeyFreeid).ok());
}

// Packages 0 and 1 have the even and the odd logical processors.
TEST(LifeCycle, EveryPackageGetsTheModulesKeyAndOnlyThenItServes) {
  TestMachine m(IntegrityMode::kCryptographic, {}, {}, 2);
  for (const auto leaf : {S::kSysInit, S::kSysLpInit, S::kSysConfig}) BareModule::must(m.call(leaf));
  EXPECT_EQ(m.call_on(3, S::kSysKeyConfig).out.rax, 0u);
  EXPECT_EQ(m.call_on(1, S::kSysKeyConfig).status(), Status::kKeyConfigured) << "that package has it";
  EXPECT_EQ(m.call_on(1, S::kSysTdmrInit).status(), Status::kSysNotReady);
  EXPECT_EQ(m.call_on(0, S::kSysKeyConfig).out.rax, 0u);
  EXPECT_EQ(m.call_on(0, S::kSysKeyConfig).status(), Status::kSysKeyConfigNotPending);
  EXPECT_TRUE(m.call_on(1, S::kSysTdmrInit).ok());
}

TEST(LifeCycle, ATdIsBuiltOnceEveryPackageHasItsKey) {
  TestMachine m(IntegrityMode::kCryptographic, {}, {}, 2);
  ASSERT_EQ(m.machine.boot(), "");
  BareModule::must(m.call_on(0, S::kMngCreate, {.rcx = B::kTdr, .rdx = B::kHkid}));
  const Registers tdr{.rcx = B::kTdr}, page{.rcx = B::kTdr + 0x1000, .rdx = B::kTdr};
  EXPECT_EQ(m.call_on(0, S::kMngKeyConfig, tdr).out.rax, 0u);
  EXPECT_EQ(m.call_on(2, S::kMngKeyConfig, tdr).status(), Status::kKeyConfigured);
  EXPECT_EQ(m.call_on(0, S::kMngAddcx, page).status(), Status::kTdKeysNotConfigured);
  EXPECT_EQ(m.call_on(1, S::kMngKeyConfig, tdr).out.rax, 0u);
  EXPECT_EQ(m.call_on(1, S::kMngKeyConfig, tdr).status(), Status::kLifecycleStateIncorrect);
  EXPECT_TRUE(m.call_on(0, S::kMngAddcx, page).ok());
}

TEST(LifeCycle, AKeyIdIsFreeOnceEveryPackageHasWrittenBack) {
  TestMachine m(IntegrityMode::kCryptographic, {}, {}, 2);
  ASSERT_EQ(m.machine.boot(), "");
  const Registers tdr{.rcx = B::kTdr};
  BareModule::must(m.call_on(0, S::kMngCreate, {.rcx = B::kTdr, .rdx = B::kHkid}));
  for (const std::uint32_t package : {0u, 1u}) BareModule::must(m.call_on(package, S::kMngKeyConfig, tdr));
  BareModule::must(m.call_on(0, S::kMngVpflushdone, tdr));
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(m.call_on(0, S::kPhymemCacheWb).out.rax, 0u);
    EXPECT_EQ(m.call_on(0, S::kMngKeyFreeid, tdr).status(), Status::kWbcacheNotComplete);
  }
  EXPECT_EQ(m.call_on(1, S::kPhymemCacheWb).out.rax, 0u);
  EXPECT_TRUE(m.call_on(0, S::kMngKeyFreeid, tdr).ok());
  EXPECT_EQ(m.call_on(1, S::kPhymemCacheWb).status(), Status::kNoHkidReadyToWbcache);
  EXPECT_EQ(m.call_on(1, S::kPhymemCacheWb, {.rcx = 1}).status(), Status::kWbcacheResumeError);
  EXPECT_EQ(m.call_on(1, S::kPhymemCacheWb, {.rcx = 2}).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
}

TEST(LifeCycle, ParametersThatTheModuleDoesNotKnowAreRefusedByTheirOperand) {
  const auto attempt = [](auto change) {
    tdxproto::TdParams params;
    change(params);
    BareModule m(Stage::kUninitialized, {}, params);
    return m.init().out.rax;
  };
  using P = tdxproto::TdParams;
  const auto bad = [](Operand operand) { return tdxproto::with(Status::kOperandInvalid, operand); };
  EXPECT_EQ(attempt([](P&) {}), 0u);
  EXPECT_EQ(attempt([](P& p) { p.attributes |= 1ull << 40; }), bad(Operand::kAttributes));
  EXPECT_EQ(attempt([](P& p) { p.xfam = 1; }), bad(Operand::kXfam));
  EXPECT_EQ(attempt([](P& p) { p.xfam |= 1ull << 50; }), bad(Operand::kXfam));
  EXPECT_EQ(attempt([](P& p) { p.max_vcpus = 0; }), bad(Operand::kMaxVcpus));
  EXPECT_EQ(attempt([](P& p) { p.config_flags = 8; }), bad(Operand::kExecControls));
  EXPECT_EQ(attempt([](P& p) { p.eptp_controls = 0; }), bad(Operand::kEptpControls));
  EXPECT_EQ(attempt([](P& p) { p.tsc_frequency = 3; }), bad(Operand::kTscFrequency));
  EXPECT_EQ(attempt([](P& p) { p.tsc_frequency = 401; }), bad(Operand::kTscFrequency));
}

TEST(LifeCycle, AnUnknownLeafIsRefused) {
  BareModule m(Stage::kRunnable);
  for (const std::uint64_t leaf : {42ull, 15ull, 64ull, 0xFFFF'FFFFull, 1ull << 32 | 6})
    EXPECT_EQ(m.module.seamcall(1, {.rax = leaf}).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRax)) << leaf;
}

TEST(LifeCycle, AVcpuIsInsideOnceAndOnOneProcessor) {
  BareModule m(Stage::kRunnable);
  EXPECT_EQ(m.module.seamcall(2, {.rax = 0, .rcx = B::kTdvpr}).status(), Status::kVcpuAssociated);
  BareModule::must(m.enter());
  EXPECT_EQ(m.enter().status(), Status::kVcpuStateIncorrect);
  EXPECT_EQ(m.call(S::kVpFlush, {.rcx = B::kTdvpr}).status(), Status::kOperandBusy);
  m.module.exit_to_host(m.vm.asid);
  EXPECT_EQ(m.module.seamcall(2, {.rax = static_cast<std::uint64_t>(S::kVpFlush), .rcx = B::kTdvpr}).status(), Status::kVcpuNotAssociated);
  BareModule::must(m.call(S::kVpFlush, {.rcx = B::kTdvpr}));
  EXPECT_TRUE(m.module.seamcall(2, {.rax = 0, .rcx = B::kTdvpr}).ok());
}

}  // namespace
}  // namespace tdx
