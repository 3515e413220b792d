#include "tsm/pkvm/host/pkvm_machine.h"

#include <gtest/gtest.h>

#include "tsm/pkvm/test_machine.h"

namespace pkvm {
namespace {

// What crosses to EL2, by name; calls named in `lost` never arrive.
struct Carrier final : trust::Tap {
  bool cross(const trust::Boundary&, trust::Message& message) override {
    seen.push_back(message.object);
    return message.object != lost;
  }
  std::vector<std::string> seen;
  std::string lost;
};

TEST(PkvmMachine, LaunchesByTheCallsThatKvmMakes) {
  TestMachine m;
  Carrier carrier;
  m.calls.attach(carrier);
  EXPECT_EQ(m.start(), "");
  EXPECT_EQ(carrier.seen, (std::vector<std::string>{"__pkvm_prot_finalize", "__pkvm_reserve_vm",
                                                    "__pkvm_host_share_hyp", "__pkvm_host_share_hyp", "__pkvm_init_vm",
                                                    "__pkvm_init_vcpu", "__pkvm_vcpu_load", "__kvm_vcpu_run"}));
  EXPECT_TRUE(m.machine->of(m.vm)->is_protected);
  EXPECT_EQ(m.machine->of(m.vm)->stage2.size(), 0u) << "no page before the guest touches one";
}

TEST(PkvmMachine, ACallThatNeverArrivesIsOneThatDoesNotExist) {
  TestMachine m;
  Carrier carrier;
  carrier.lost = "__pkvm_init_vm";
  m.calls.attach(carrier);
  EXPECT_EQ(m.start(), "__pkvm_init_vm: EOPNOTSUPP");
}

TEST(PkvmMachine, DonatesAtTheFirstTouchAndServesNoPageTwice) {
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  TestPlatform guest(m);
  Carrier carrier;
  m.calls.attach(carrier);
  guest.write(TestMachine::kHeap, base::Bytes(3, 9));
  EXPECT_EQ(carrier.seen, (std::vector<std::string>{"__pkvm_host_donate_guest", "__kvm_vcpu_run"}));
  const cpu::Exit again{.code = pkvmproto::kExitDataAbort, .info2 = TestMachine::kHeap};
  EXPECT_EQ(m.machine->handle(m.vm, again).rax, 0u) << "somebody was faster";
  EXPECT_EQ(carrier.seen.back(), "__pkvm_vcpu_in_poison_fault");
  EXPECT_EQ(
      static_cast<std::int64_t>(m.machine->handle(m.vm, {.code = pkvmproto::kExitDataAbort, .info2 = 1ull << 40}).rax),
      -14);
}

TEST(PkvmMachine, AVmWithoutProtectionSharesItsMemory) {
  TestMachine m;
  m.machine->leave_unprotected("vm0");
  ASSERT_EQ(m.start(), "");
  TestPlatform guest(m);
  guest.write(TestMachine::kHeap, base::Bytes(3, 9));
  EXPECT_FALSE(m.machine->of(m.vm)->is_protected);
  EXPECT_EQ(m.machine->of(m.vm)->page(TestMachine::kHeap).state, PageState::kSharedBorrowed);
  EXPECT_TRUE(m.machine->table().check({.who = memory::Access::Who::kHost, .spa = m.phys(TestMachine::kHeap)}));
}

TEST(PkvmMachine, EverythingOfAVmThatEndedIsTheHostsAgain) {
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  TestPlatform guest(m);
  guest.write(TestMachine::kHeap, base::Bytes(3, 9));
  const std::uint64_t page = m.phys(TestMachine::kHeap);
  ASSERT_TRUE(m.machine->el2().pages().annotation(page));
  m.machine->retire(m.vm);
  EXPECT_FALSE(m.machine->of(m.vm));
  EXPECT_EQ(m.machine->el2().pages().taken().size(), kPvmfwPages)
      << "firmware's own pages stay taken, and nothing else";
  base::Bytes bytes(3, 1);
  ASSERT_TRUE(m.memory.read(memory::KeyId::kNone, page, bytes));
  EXPECT_EQ(bytes, base::Bytes(3));
}

TEST(PkvmMachine, RegistersComeBackAndARunThatIsRefusedIsARefusal) {
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  m.machine->leave(m.vm, base::Bytes(16, 7));
  auto back = m.machine->enter(m.vm, 16);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, base::Bytes(16, 7));
  Carrier carrier;
  carrier.lost = "__kvm_vcpu_run";
  m.calls.attach(carrier);
  EXPECT_FALSE(m.machine->enter(m.vm, 16));
  EXPECT_FALSE(m.machine->resume(m.vm, {}));
}

TEST(PkvmMachine, RaisesInterruptsInAProtectedVmAndNoException) {
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  EXPECT_TRUE(m.machine->deliver(m.vm, {.vector = 27, .valid = 1}));
  const auto refused = m.machine->deliver(m.vm, {.type = cpu::EventType::kException, .valid = 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.refusal().by->id, "pkvm.vcpu.exceptions");
}

TEST(PkvmMachine, MakesAnyCallByItsNameForWhoeverIsInItsPlace) {
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  const std::uint64_t page = m.host.take_page();
  EXPECT_TRUE(m.machine->call(m.vm, "__pkvm_host_share_hyp", {{"spa", page}}));
  EXPECT_FALSE(m.machine->call(m.vm, "__pkvm_host_share_hyp", {{"spa", page}})) << "refused";
  EXPECT_TRUE(m.machine->call(m.vm, "__pkvm_host_unshare_hyp", {{"pfn", page / kPage}}));
  EXPECT_TRUE(m.machine->call(m.vm, "__pkvm_host_donate_guest", {{"spa", page}, {"gpa", 0x9000}}));
  EXPECT_EQ(m.phys(0x9000), page);
  EXPECT_FALSE(m.machine->call(m.vm, "__pkvm_no_such_call", {}));
}

TEST(PkvmMachine, ExitsTellTheHostWhatItMayKnow) {
  EXPECT_EQ(object_of(exit_of({.code = pkvmproto::kExitDataAbort, .ipa = 0x1000})), "DATA_ABORT");
  EXPECT_EQ(object_of(exit_of({.code = pkvmproto::kExitDataAbort, .iss = pkvmproto::kIssIsv})), "MMIO");
  EXPECT_EQ(object_of(exit_of({.code = pkvmproto::kExitHvc64, .shown = {.x0 = 0x8400'0008}})), "PSCI_SYSTEM_OFF");
  EXPECT_EQ(object_of(exit_of({.code = pkvmproto::kExitHvc64, .shown = {.x0 = 1}})), "HVC");
  TestMachine m;
  ASSERT_EQ(m.start(), "");
  TestPlatform guest(m);
  EXPECT_EQ(guest.hvc({.x0 = static_cast<std::uint64_t>(GuestCall::kPsciSystemOff)}).x0, 0u);
  EXPECT_EQ(static_cast<std::int64_t>(guest.hvc({.x0 = 0x8400'1234}).x0), pkvmproto::kSmcccNotSupported);
}

}  // namespace
}  // namespace pkvm
