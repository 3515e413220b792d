// RECs: entry, exit, what crosses, and PSCI.
#include <gtest/gtest.h>

#include "platform/protocol/cca/gic.h"
#include "tsm/cca/bare_rmm.h"

namespace cca {
namespace {

using B = BareRmm;
using ccaproto::ExitReason;
using ccaproto::Psci;

RsiResult psci(B& b, Psci call, std::uint64_t x1 = 0, std::uint64_t x2 = 0) {
  return b.rmm.rsi(1, {.x0 = static_cast<std::uint64_t>(call), .x1 = x1, .x2 = x2});
}

TEST(Enter, RunsTheRecUntilItLeaves) {
  B b(true);
  EXPECT_FALSE(b.rmm.rec_on(1));
  B::must(b.enter());
  EXPECT_TRUE(b.rmm.rec_on(1)->running);
  b.rmm.exit_to_host(1, {.reason = ExitReason::kIrq});
  EXPECT_FALSE(b.rmm.rec_on(1)->running);
  EXPECT_EQ(b.exit_page().reason, ExitReason::kIrq);
  EXPECT_TRUE(b.rsi(Rsi::kVersion).dead) << "outside it calls nobody";
}

TEST(Registers, AreKeptUnderTheRmmsOwnKey) {
  B b(true);
  B::must(b.enter());
  b.rmm.save(1, base::Bytes(16, 0xC4));
  EXPECT_EQ(*b.rmm.load(1, 16), base::Bytes(16, 0xC4));
  base::Bytes seen(16);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kRec + kRegistersAt, seen));
  EXPECT_NE(seen, base::Bytes(16, 0xC4));
}

TEST(HostCall, GivesBackTheGeneralRegistersAndNothingElse) {
  B b(true);
  B::must(b.enter());
  ccaproto::HostCall asked{.imm = 7};
  asked.gprs[0] = 1, asked.gprs[30] = 31;
  ASSERT_TRUE(b.memory.write(b.realm().key, B::kData + 0x100, wire::encode(asked)));
  const auto out = b.rsi(Rsi::kHostCall, {.x1 = B::kMapped + 0x100});
  ASSERT_TRUE(out.exit);
  EXPECT_EQ(out.exit->imm, 7);
  EXPECT_EQ(out.exit->gprs, asked.gprs);
  RecEnter answer;
  answer.gprs[2] = 99;
  b.write(B::kRun, wire::encode(answer));
  B::must(b.enter());
  EXPECT_EQ(b.rmm.resumed(1)->x0, 0u);
  base::Bytes bytes(ccaproto::kHostCallBytes);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kData + 0x100, bytes));
  const auto back = *wire::decode<ccaproto::HostCall>(bytes);
  EXPECT_EQ(back.imm, 7) << "not the host's to set";
  EXPECT_EQ(back.gprs[2], 99u);
  EXPECT_EQ(back.gprs[0], 0u);
}

TEST(Abort, CanBeAnsweredByTheHostOnlyOutsideOfTheRealmsMemory) {
  B b(true);
  B::must(b.enter());
  EXPECT_EQ(b.rmm.fault(1, 0x5000, false, false).seen, Fault::Seen::kRealmExit);
  b.put_enter(ccaproto::kEnterInjectSea);
  B::must(b.enter());
  EXPECT_TRUE(b.rmm.take_injected_abort(1));
  EXPECT_FALSE(b.rmm.take_injected_abort(1)) << "once";
  B::must(b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = B::kMapped}));
  EXPECT_EQ(b.rmm.fault(1, B::kMapped, true, false).seen, Fault::Seen::kRealmExit);
  EXPECT_EQ(b.enter().status(), RmiStatus::kErrorRec);
  b.put_enter(0);
  B::must(b.enter());
}

TEST(Psci, AnswersOfItselfWhatNeedsNoHost) {
  B b(true);
  B::must(b.enter());
  EXPECT_EQ(psci(b, Psci::kVersion).out.x0, ccaproto::kPsciVersion11);
  EXPECT_EQ(psci(b, Psci::kFeatures, static_cast<std::uint64_t>(Psci::kSystemOff)).out.x0, 0u);
  EXPECT_EQ(psci(b, Psci::kFeatures, 0x1234).out.x0, ccaproto::kPsciNotSupported);
  EXPECT_EQ(psci(b, Psci::kCpuOn, 0).out.x0, ccaproto::kPsciAlreadyOn) << "itself";
  EXPECT_EQ(psci(b, Psci::kCpuOn, 4).out.x0, ccaproto::kPsciInvalidParameters);
  EXPECT_EQ(psci(b, Psci::kCpuOn, 4, ~std::uint64_t{0}).out.x0, ccaproto::kPsciInvalidAddress) << "the host's half, asked first";
  EXPECT_EQ(psci(b, Psci::kAffinityInfo, 1, 1).out.x0, ccaproto::kPsciInvalidParameters) << "of vCPUs only";
  EXPECT_EQ(b.rmm.rsi(1, {.x0 = 0x8400'00FF}).out.x0, ccaproto::kPsciNotSupported);
}

TEST(Psci, SwitchesTheRealmOffForGood) {
  for (const Psci call : {Psci::kSystemOff, Psci::kSystemReset}) {
    B b(true);
    B::must(b.enter());
    const auto out = psci(b, call);
    ASSERT_TRUE(out.exit);
    EXPECT_EQ(out.exit->reason, ExitReason::kPsci);
    EXPECT_EQ(b.realm().state, RealmState::kSystemOff);
    EXPECT_EQ(b.enter().out.x0, ccaproto::with(RmiStatus::kErrorRealm, 1));
    EXPECT_EQ(b.call(Rmi::kRealmActivate, {.x1 = B::kRd}).status(), RmiStatus::kErrorRealm);
  }
}

TEST(Interrupts, ArePendingOnceTheHostPutsThemIntoListRegisters) {
  B b(true);
  RecEnter enter;
  enter.gicv3_lrs[3] = ccaproto::kLrPending | 32;
  b.write(B::kRun, wire::encode(enter));
  B::must(b.enter());
  EXPECT_EQ(b.rmm.take_interrupts(1), std::set<std::uint32_t>{32});
  EXPECT_TRUE(b.rmm.take_interrupts(1).empty()) << "once";
}

TEST(Interrupts, OfHardwareAreNotTheHostsToGive) {
  B b(true);
  RecEnter enter;
  enter.gicv3_lrs[0] = ccaproto::kLrPending | ccaproto::kLrHw | 32;
  b.write(B::kRun, wire::encode(enter));
  EXPECT_EQ(b.enter().status(), RmiStatus::kErrorRec);
  enter = {};
  enter.gicv3_hcr = 1;
  b.write(B::kRun, wire::encode(enter));
  EXPECT_EQ(b.enter().status(), RmiStatus::kErrorRec);
}

struct SecondRec : B {
  SecondRec() : B(false) {
    auto params = rec_params();
    params.flags = 0, params.mpidr = 1;
    for (std::uint64_t i = 0; i < kRecAuxGranules; ++i) params.aux[i] = kSpareAux + i * kPage;
    write(kHost, wire::encode(params));
    must(call(Rmi::kRecCreate, {.x1 = kRd, .x2 = kFree, .x3 = kHost}));
    must(call(Rmi::kRealmActivate, {.x1 = kRd}));
    must(enter());
  }
};

TEST(Psci, SwitchesAnotherRecOnThroughTheHost) {
  SecondRec b;
  ASSERT_TRUE(psci(b, Psci::kCpuOn, 1).exit);
  EXPECT_EQ(b.enter().status(), RmiStatus::kErrorRec) << "the request is pending";
  EXPECT_EQ(b.call(Rmi::kRecEnter, {.x1 = B::kFree, .x2 = B::kRun}).status(), RmiStatus::kErrorRec) << "not runnable";
  B::must(b.call(Rmi::kPsciComplete, {.x1 = B::kRec, .x2 = B::kFree, .x3 = 0}));
  B::must(b.enter());
  EXPECT_EQ(b.rmm.resumed(1)->x0, 0u);
  B::must(b.call(Rmi::kRecEnter, {.x1 = B::kFree, .x2 = B::kRun}));
}

TEST(Psci, TheHostMayDenyButNotClaimWhatIsNotSo) {
  SecondRec denied;
  (void)psci(denied, Psci::kCpuOn, 1);
  B::must(denied.call(Rmi::kPsciComplete, {.x1 = B::kRec, .x2 = B::kFree, .x3 = ccaproto::kPsciDenied}));
  B::must(denied.enter());
  EXPECT_EQ(denied.rmm.resumed(1)->x0, ccaproto::kPsciDenied);
  EXPECT_FALSE(denied.rmm.rec(B::kFree)->runnable);
  SecondRec asks;
  (void)psci(asks, Psci::kAffinityInfo, 1);
  B::must(asks.call(Rmi::kPsciComplete, {.x1 = B::kRec, .x2 = B::kFree, .x3 = 0}));
  B::must(asks.enter());
  EXPECT_EQ(asks.rmm.resumed(1)->x0, 1u) << "off: the RMM knows";
}

TEST(Destroy, GivesTheGranulesBack) {
  B b(true);
  B::must(b.call(Rmi::kRecDestroy, {.x1 = B::kRec}));
  EXPECT_EQ(b.rmm.granules().at(B::kRec).state, GranuleState::kDelegated);
  EXPECT_EQ(b.rmm.granules().at(B::kAux).state, GranuleState::kDelegated);
  EXPECT_EQ(b.realm().recs, 0u);
}

TEST(RecAtCreation, ThatDoesNotRunIsNotMeasured) {
  B b;
  const auto before = b.realm().rim.value();
  auto params = rec_params();
  params.flags = 0, params.mpidr = 1;
  for (std::uint64_t i = 0; i < kRecAuxGranules; ++i) params.aux[i] = B::kSpareAux + i * B::kPage;
  b.write(B::kHost, wire::encode(params));
  B::must(b.call(Rmi::kRecCreate, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kHost}));
  EXPECT_EQ(b.realm().rim.value(), before);
}

}  // namespace
}  // namespace cca
