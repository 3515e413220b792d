#include "tsm/cove/host/cove_machine.h"

#include <gtest/gtest.h>

#include "platform/protocol/cove/measurement.h"
#include "tsm/abi/cove_guest.h"
#include "tsm/cove/test_machine.h"

namespace cove {
namespace {

using M = TestMachine;
constexpr std::uint64_t kOperands = 0x8000;

// Whoever stands between host and TSM.
struct Between final : trust::Tap {
  bool cross(const trust::Boundary&, trust::Message& message) override {
    seen.push_back(message.object);
    return !alter || alter(message);
  }
  std::function<bool(trust::Message&)> alter;  // false: never arrives
  std::vector<std::string> seen;
};

struct Running {
  explicit Running(const std::vector<std::string>& lifted = {}, TsmSettings settings = {})
      : m(lifted, settings), platform(m), guest(platform, {kOperands, kOperands + kPage}, *m.defences) {
    why = m.start();
  }
  M m;
  TestPlatform platform;
  tsm_abi::CoveGuest guest;
  std::string why;
};

TEST(Launch, MeasuresThePagesAndTheEntry) {
  Running r;
  ASSERT_EQ(r.why, "");
  coveproto::Digest pages{};
  for (const auto& page : M::image().pages) pages = coveproto::extended_by_page(pages, page.gpa, page.bytes);
  EXPECT_EQ(r.m.tvm().registers[coveproto::kTvmPagesRegister], pages);
  EXPECT_EQ(r.m.tvm().registers[coveproto::kTvmConfigurationRegister], coveproto::extended_by_entry({}, M::kFirmware, 0));
  EXPECT_EQ(r.platform.read(M::kFirmware, 4), base::Bytes(4, 7));
  EXPECT_NE(r.m.read(M::kNone, r.m.spa(M::kFirmware), 4), base::Bytes(4, 7)) << "the bus sees no plaintext";
}

TEST(Launch, WithoutACipherTheBusSeesWhatTheTvmHas) {
  Running r({}, {.cipher = false});
  ASSERT_EQ(r.why, "");
  EXPECT_EQ(r.m.read(M::kNone, r.m.spa(M::kFirmware), 4), base::Bytes(4, 7));
}

TEST(Launch, EveryCallCrossesTheBoundaryUnderItsName) {
  M m;
  Between between;
  m.calls.attach(between);
  ASSERT_EQ(m.start(), "");
  const auto count = [&](const char* name) { return std::count(between.seen.begin(), between.seen.end(), name); };
  EXPECT_EQ(count("sbi_covh_get_tsm_info"), 1);
  EXPECT_EQ(count("sbi_covh_global_fence"), 1);
  EXPECT_EQ(count("sbi_covh_local_fence"), 3) << "on every other hart";
  EXPECT_EQ(count("sbi_covh_create_tvm"), 1);
  EXPECT_EQ(count("sbi_covh_add_tvm_measured_pages"), 2);
  EXPECT_EQ(count("sbi_covh_create_tvm_vcpu"), 1);
  EXPECT_EQ(count("sbi_covh_finalize_tvm"), 1);
  EXPECT_EQ(count("sbi_covh_run_tvm_vcpu"), 1);
}

TEST(Launch, IsRefusedWhereAHartWasNotFenced) {
  M m;
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "sbi_covh_local_fence"; };
  m.calls.attach(between);
  EXPECT_EQ(m.start(), "sbi_covh_create_tvm: SBI_ERR_INVALID_ADDRESS");
}

TEST(Launch, WithPagesThatWereNotFencedTheHostStillReachesThem) {
  M m({"cove.page.fenced"}, {.cipher = false});
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "sbi_covh_local_fence"; };
  m.calls.attach(between);
  ASSERT_EQ(m.start(), "");
  EXPECT_TRUE(m.tsm.check({.who = memory::Access::Who::kHost, .spa = m.spa(M::kFirmware)}));
  EXPECT_FALSE(m.tsm.check({.who = memory::Access::Who::kDevice, .spa = m.spa(M::kFirmware)}));
}

TEST(Pages, ComeAsZeroesWhenTheGuestTouchesThem) {
  Running r;
  EXPECT_EQ(r.platform.read(M::kHeap, 16), base::Bytes(16));
  r.platform.write(M::kHeap, base::Bytes(16, 5));
  EXPECT_EQ(r.platform.read(M::kHeap, 16), base::Bytes(16, 5));
  EXPECT_EQ(r.platform.exits, std::vector<std::string>{"GUEST_LOAD_PAGE_FAULT"});
  EXPECT_FALSE(r.m.tsm.check({.who = memory::Access::Who::kHost, .spa = r.m.spa(M::kHeap)}));
}

TEST(Pages, ThatTheHostBlocksComeBackAtTheFault) {
  Running r;
  r.platform.write(M::kHeap, base::Bytes(16, 5));
  ASSERT_EQ(r.m.machine.block(r.m.vm, M::kHeap), "");
  EXPECT_EQ(r.platform.read(M::kHeap, 16), base::Bytes(16, 5));
}

TEST(Pages, StayWhereTheTvmHasThem) {
  Running r;
  r.platform.write(M::kHeap, base::Bytes(16, 5));
  EXPECT_EQ(r.m.machine.remove(r.m.vm, M::kHeap), "sbi_covh_tvm_remove_pages: SBI_ERR_INVALID_ADDRESS");
  EXPECT_EQ(r.platform.read(M::kHeap, 16), base::Bytes(16, 5));
  Running any({}, {.removable_on_request = false});
  any.platform.write(M::kHeap, base::Bytes(16, 5));
  ASSERT_EQ(any.m.machine.remove(any.m.vm, M::kHeap), "");
  EXPECT_EQ(any.platform.read(M::kHeap, 16), base::Bytes(16)) << "another page, of zeroes";
}

TEST(Pages, TheHostsTablesDoNotMoveThem) {
  Running r;
  const auto other = r.m.vm.nested.translate(M::kFirmware + kPage)->spa;
  r.m.vm.nested.map(M::kFirmware, other, true);
  EXPECT_EQ(r.platform.read(M::kFirmware, 1)[0], 7);
  Running lifted({"cove.g-stage.owner"});
  lifted.m.vm.nested.map(M::kFirmware, lifted.m.vm.nested.translate(M::kFirmware + kPage)->spa, true);
  EXPECT_EQ(lifted.platform.read(M::kFirmware, 1)[0], 9);
}

// A device that the guest trusts names a page by the guest's address and the system's.
TEST(Pages, AreReachedInTheTvmsNameOnlyWhereItHasThem) {
  Running r;
  r.platform.write(M::kHeap, base::Bytes(16, 5));
  ASSERT_EQ(r.m.machine.block(r.m.vm, M::kFirmware), "") << "so that no translation of a vCPU's is left";
  ASSERT_EQ(r.m.machine.unblock(r.m.vm, M::kFirmware), "");
  const auto reaches = [&](std::uint64_t gpa, std::uint64_t spa, bool by_address = false) {
    return static_cast<bool>(r.m.tsm.check({.who = memory::Access::Who::kGuest, .asid = 1, .gpa = gpa, .spa = spa, .private_page = true,
                                            .by_address = by_address}));
  };
  EXPECT_TRUE(reaches(M::kFirmware, r.m.spa(M::kFirmware)));
  EXPECT_FALSE(reaches(M::kFirmware, r.m.spa(M::kHeap))) << "another page of its own";
  EXPECT_TRUE(reaches(0, r.m.spa(M::kHeap), true));
  EXPECT_FALSE(reaches(0, r.m.vm.save_area, true)) << "the vCPU's records";
  EXPECT_FALSE(reaches(M::kFirmware, 1 << 20)) << "memory of the host's in a private page's place";
  EXPECT_FALSE(r.m.tsm.check({.who = memory::Access::Who::kGuest, .asid = 2, .gpa = M::kHeap, .spa = r.m.spa(M::kHeap), .private_page = true}));
}

TEST(Sharing, TakesTheOldPageAwayAndLetsTheHostSeeTheNewOne) {
  Running r;
  r.platform.write(M::kHeap, base::Bytes(16, 5));
  ASSERT_TRUE(r.guest.share_page(M::kHeap));
  EXPECT_EQ(r.platform.read(M::kHeap, 16), base::Bytes(16));
  r.platform.write(M::kHeap, base::Bytes(16, 6));
  EXPECT_EQ(r.m.read(M::kNone, r.m.vm.nested.translate(M::kHeap)->spa, 16), base::Bytes(16, 6));
  EXPECT_TRUE(r.m.tsm.check({.who = memory::Access::Who::kHost, .spa = r.m.vm.nested.translate(M::kHeap)->spa}));
  ASSERT_TRUE(r.guest.accept_page(M::kHeap));
  r.platform.write(M::kHeap, base::Bytes(16, 8));
  EXPECT_FALSE(r.m.tsm.check({.who = memory::Access::Who::kHost, .spa = r.m.spa(M::kHeap)}));
}

TEST(Sharing, AVcpuThatWantsItsPageBackWaitsForTheOldOneToGo) {
  Running r;
  ASSERT_TRUE(r.guest.share_page(M::kHeap));
  r.platform.write(M::kHeap, base::Bytes(1, 1));
  r.platform.at_exit = [](cpu::Exit& exit) { exit.info2 = 99; };  // the host does nothing
  EXPECT_THROW((void)r.guest.accept_page(M::kHeap), TvmStops);
  Running lifted({"cove.run.settled"});
  ASSERT_TRUE(lifted.guest.share_page(M::kHeap));
  lifted.platform.write(M::kHeap, base::Bytes(kPage));
  lifted.platform.at_exit = [](cpu::Exit& exit) { exit.info2 = 99; };
  ASSERT_TRUE(lifted.guest.accept_page(M::kHeap));
  lifted.platform.write(M::kHeap, base::Bytes(16, 0x5E));
  EXPECT_EQ(lifted.m.read(M::kNone, lifted.m.vm.nested.translate(M::kHeap)->spa, 16), base::Bytes(16, 0x5E));
}

TEST(Guest, TakesInWhatTheHostLaysOutAndMeasuresIt) {
  M m;
  auto launch = M::image();
  launch.pages.push_back({0x6000, base::Bytes(kPage, 0x4B), cpu::LaunchPage::Kind::kUnmeasured});
  ASSERT_EQ(m.start(launch), "");
  TestPlatform platform(m);
  tsm_abi::CoveGuest guest(platform, {kOperands, kOperands + kPage}, *m.defences);
  ASSERT_TRUE(guest.boot());
  const auto bytes = guest.take_in(0x6000, 6, "kernel");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, base::Bytes(kPage, 0x4B));
  EXPECT_EQ(platform.read(0x6000, kPage), *bytes);
  const auto replayed = coveproto::replay(guest.log());
  EXPECT_EQ(*guest.read_measurement(6), replayed[0]);
  EXPECT_EQ(m.tvm().registers[6], replayed[0]);
}

TEST(Guest, ResultsOfTheTsmAreNotTheHostsToChange) {
  Running r;
  r.platform.at_answer = [](cpu::Exit& back) { back.rax = static_cast<std::uint64_t>(SbiError::kFailed); };
  EXPECT_TRUE(r.guest.boot());
  EXPECT_EQ(r.platform.ecall({.a7 = 0x10}).error, SbiError::kFailed) << "what is the host's to answer is";
}

TEST(Interrupts, OfTheHostsAreTakenOnlyWhereTheGuestAllowsThem) {
  Running r;
  std::uint64_t taken = 0;
  r.m.machine.on_interrupt(r.m.vm, [&](std::uint64_t hvip) { taken |= hvip; });
  ASSERT_TRUE(r.m.machine.call(r.m.vm, "HVIP", {{"value", coveproto::kHvipVseip | coveproto::kHvipVstip}}));
  EXPECT_EQ(taken, coveproto::kHvipVstip);
  ASSERT_TRUE(r.guest.allow_interrupt(9));
  ASSERT_TRUE(r.m.machine.call(r.m.vm, "HVIP", {{"value", coveproto::kHvipVseip}}));
  EXPECT_EQ(taken, coveproto::kHvipVstip | coveproto::kHvipVseip);
}

TEST(Events, AreTheTimersAndWhatTheGuestAllows) {
  Running r;
  const auto refusal = [&](const cpu::Event& event) -> std::string {
    const auto through = r.m.machine.deliver(r.m.vm, event);
    return through ? "" : std::string(through.refusal().by->id);
  };
  std::uint64_t taken = 0;
  r.m.machine.on_interrupt(r.m.vm, [&](std::uint64_t hvip) { taken |= hvip; });
  EXPECT_EQ(refusal({.vector = cpu::kTimerVector, .valid = 1}), "");
  EXPECT_EQ(taken, coveproto::kHvipVstip);
  EXPECT_EQ(refusal({.vector = 9, .valid = 1}), "cove.interrupt.allowed");
  EXPECT_EQ(refusal({.type = cpu::EventType::kException, .valid = 1}), "cove.interrupt.only");
  ASSERT_TRUE(r.guest.allow_interrupt(9));
  EXPECT_EQ(refusal({.vector = 9, .valid = 1}), "");
}

TEST(Retire, GivesEveryPageBack) {
  M m;
  ASSERT_EQ(m.machine.boot(), "");
  for (int round = 0; round < 5; ++round) {
    cpu::Vm vm("vm0", 1, M::kVmBytes);
    ASSERT_EQ(m.machine.launch(vm, M::image()), "") << round;
    m.machine.leave(vm, base::Bytes(8, 1));
    EXPECT_TRUE(m.machine.enter(vm, 8));
    m.machine.retire(vm);
    for (const auto& [spa, entry] : m.tsm.tracking().entries()) EXPECT_NE(entry.state, PageState::kAssigned);
    EXPECT_EQ(m.machine.tvm(vm), nullptr);
  }
}

TEST(Retire, ScrubsWhatItGivesBack) {
  for (const bool lifted : {false, true}) {
    M m(lifted ? std::vector<std::string>{"cove.reclaim.scrubbed"} : std::vector<std::string>{});
    ASSERT_EQ(m.start(), "");
    const auto spa = m.spa(M::kFirmware);
    m.machine.retire(m.vm);
    EXPECT_EQ(m.read(M::kNone, spa, 4), base::Bytes(4, lifted ? 7 : 0));
  }
}

}  // namespace
}  // namespace cove
