#include "tsm/tdx/host/tdx_machine.h"

#include <gtest/gtest.h>

#include "tsm/tdx/test_machine.h"

namespace tdx {
namespace {

using S = Seamcall;
using M = TestMachine;
constexpr auto kPrivate = memory::AddressSpace::Attribute::kPrivate;

// Whoever stands between host and module.
struct Between final : trust::Tap {
  bool cross(const trust::Boundary&, trust::Message& message) override {
    seen.push_back(message.object);
    return !alter || alter(message);
  }
  std::function<bool(trust::Message&)> alter;  // false: never arrives
  std::vector<std::string> seen;
};

std::string mrtd_of(const cpu::Launch& launch) {
  crypto::Hash384 hash;
  const auto record = [&](std::string_view name, std::uint64_t gpa) {
    base::Bytes bytes(128);
    std::copy(name.begin(), name.end(), bytes.begin());
    base::store_le<std::uint64_t>(bytes, 16, gpa);
    hash.update(bytes);
  };
  for (const auto& page : launch.pages) {
    if (page.kind == cpu::LaunchPage::Kind::kSaveArea) continue;
    record("MEM.PAGE.ADD", page.gpa);
    if (page.kind != cpu::LaunchPage::Kind::kMeasured) continue;
    for (std::size_t at = 0; at < page.bytes.size(); at += 256) {
      record("MR.EXTEND", page.gpa + at);
      hash.update(base::View(page.bytes).subspan(at, 256));
    }
  }
  return base::to_hex(hash.finish());
}

TEST(Launch, MeasuresWhatTheHostSaysIsMeasured) {
  M m;
  ASSERT_EQ(m.start(), "");
  EXPECT_EQ(base::to_hex(m.machine.td(m.vm)->info.mr_td), mrtd_of(M::image()));
  EXPECT_EQ(m.vm.key, key_of(33)) << "the first private key id after the module's own";
  base::Bytes out(16);
  EXPECT_TRUE(m.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out, base::Bytes(16, 7));
  EXPECT_EQ(m.read(M::kNone, m.hpa(M::kFirmware)), base::Bytes(4096)) << "and the host sees none of it";
}

TEST(Launch, CarriesDebugAndHostDataIntoTheTd) {
  M m;
  auto launch = M::image();
  launch.debug = true;
  launch.host_data.fill(0x0D);
  ASSERT_EQ(m.start(launch), "");
  EXPECT_TRUE(m.machine.td(m.vm)->debug());
  EXPECT_EQ(m.machine.td(m.vm)->info.mr_config_id[31], 0x0D);
  EXPECT_EQ(m.machine.td(m.vm)->info.mr_config_id[32], 0);
  const auto page = m.machine.call(m.vm, "TDH.MEM.RD", {{"gpa", M::kFirmware}});
  ASSERT_TRUE(page);
  EXPECT_EQ(*page, base::Bytes(4096, 7));
}

TEST(Launch, EveryCallCrossesTheBoundaryUnderItsName) {
  M m;
  Between between;
  m.calls.attach(between);
  ASSERT_EQ(m.start(), "");
  const auto count = [&](const char* name) { return std::count(between.seen.begin(), between.seen.end(), name); };
  EXPECT_EQ(count("TDH.SYS.INIT"), 1);
  EXPECT_EQ(count("TDH.MNG.CREATE"), 1);
  EXPECT_EQ(count("TDH.MNG.ADDCX"), 4);
  EXPECT_EQ(count("TDH.VP.ADDCX"), 5);
  EXPECT_EQ(count("TDH.MEM.SEPT.ADD"), 3);
  EXPECT_EQ(count("TDH.MEM.PAGE.ADD"), 2);
  EXPECT_EQ(count("TDH.MR.EXTEND"), 16);
  EXPECT_EQ(count("TDH.MR.FINALIZE"), 1);
  EXPECT_EQ(count("TDH.VP.ENTER"), 1);
}

TEST(Launch, ACallThatIsLostOrAlteredIsRefusedOrMeasured) {
  M lost;
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "TDH.MEM.PAGE.ADD"; };
  lost.calls.attach(between);
  EXPECT_EQ(lost.start(), "TDH.MEM.PAGE.ADD: TDX_OPERAND_BUSY");
  M skipped;
  Between skips;
  int chunk = 0;
  skips.alter = [&](trust::Message& message) {
    if (message.object != "TDH.MR.EXTEND" || ++chunk != 3) return true;
    const Registers other{.rax = static_cast<std::uint64_t>(S::kMemTrack), .rcx = 16ull << 20};  // some other call in its place
    message.bytes = wire::encode(other);
    return true;
  };
  skipped.calls.attach(skips);
  ASSERT_EQ(skipped.start(), "");
  EXPECT_NE(base::to_hex(skipped.machine.td(skipped.vm)->info.mr_td), mrtd_of(M::image()));
}

TEST(Retire, GivesKeyPagesAndKeyIdBack) {
  M m;
  ASSERT_EQ(m.machine.boot(), "");
  for (int round = 0; round < 40; ++round) {  // more often than there are key ids
    cpu::Vm vm("vm0", 1, M::kVmBytes);
    ASSERT_EQ(m.machine.launch(vm, M::image()), "") << round;
    const auto key = vm.key;
    m.machine.leave(vm, base::Bytes(8, 1));
    EXPECT_TRUE(m.machine.enter(vm, 8));
    m.machine.retire(vm);
    EXPECT_FALSE(m.memory.has_key(key));
    EXPECT_TRUE(m.module.pamt().entries().empty());
    EXPECT_EQ(m.machine.td(vm), nullptr);
  }
}

TEST(Retire, OfATdThatDiedIsTheSame) {
  M m;
  ASSERT_EQ(m.start(), "");
  (void)m.machine.fault(m.vm, M::kFirmware, false, true);
  ASSERT_TRUE(m.machine.td(m.vm)->fatal);
  m.machine.retire(m.vm);
  EXPECT_TRUE(m.module.pamt().entries().empty());
}

TEST(TwoTds, HaveKeysAndTablesOfTheirOwn) {
  M m;
  ASSERT_EQ(m.start(), "");
  cpu::Vm other("vm1", 2, M::kVmBytes);
  ASSERT_EQ(m.machine.launch(other, M::image()), "");
  EXPECT_NE(other.key, m.vm.key);
  const auto mine = m.machine.translate(m.vm, M::kFirmware, true), theirs = m.machine.translate(other, M::kFirmware, true);
  ASSERT_TRUE(mine && theirs);
  EXPECT_NE(mine->spa, theirs->spa);
  EXPECT_EQ(m.machine.call(other, "TDH.MEM.PAGE.AUG", {{"gpa", M::kHeap}, {"spa", mine->spa}}), std::nullopt);
}

// ---- pages ----------------------------------------------------------------------------------------------------------

TEST(Mapping, TheHostsTablesDoNotMoveAPrivatePage) {
  M m;
  ASSERT_EQ(m.start(), "");
  const auto other = m.vm.nested.translate(M::kFirmware + M::kPage)->spa;
  m.vm.nested.map(M::kFirmware, other, true);
  base::Bytes out(1);
  EXPECT_TRUE(m.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out[0], 7);
  M lifted(IntegrityMode::kCryptographic, {"tdx.sept.owner"});
  ASSERT_EQ(lifted.start(), "");
  lifted.vm.nested.map(M::kFirmware, lifted.vm.nested.translate(M::kFirmware + M::kPage)->spa, true);
  EXPECT_TRUE(lifted.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out[0], 9) << "the page of another address, decrypted";
}

TEST(Mapping, APageThatTheHostBlocksComesBackAtTheFault) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  ASSERT_EQ(m.machine.block(m.vm, M::kFirmware), "");
  EXPECT_EQ(m.state(M::kFirmware), SeptState::kBlocked);
  EXPECT_EQ(platform.read_private(M::kFirmware, 4), base::Bytes(4, 7));
  EXPECT_EQ(platform.exits, std::vector<std::string>{"EPT_VIOLATION"});
  EXPECT_EQ(m.state(M::kFirmware), SeptState::kMapped);
}

TEST(Mapping, APageThatTheHostTookAwayIsNeverReplacedUnderTheGuest) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  ASSERT_EQ(m.machine.remove(m.vm, M::kFirmware), "");
  EXPECT_EQ(m.state(M::kFirmware), SeptState::kFree);
  EXPECT_THROW(platform.read_private(M::kFirmware, 4), TdStops) << "the new page is pending for ever";
  EXPECT_EQ(m.state(M::kFirmware), SeptState::kPending);
}

TEST(Mapping, CallsByNameReachTheModuleInTheOrderThatItWants) {
  M m;
  ASSERT_EQ(m.start(), "");
  base::Bytes out(4);
  ASSERT_TRUE(m.vcpu.read(M::kFirmware, out));
  const auto gpa = std::map<std::string, std::uint64_t>{{"gpa", M::kFirmware}};
  EXPECT_FALSE(m.machine.call(m.vm, "TDH.MEM.PAGE.REMOVE", gpa));
  EXPECT_TRUE(m.machine.call(m.vm, "TDH.MEM.RANGE.BLOCK", gpa));
  EXPECT_FALSE(m.machine.call(m.vm, "TDH.MEM.PAGE.REMOVE", gpa));
  EXPECT_TRUE(m.vcpu.read(M::kFirmware, out)) << "cached";
  EXPECT_TRUE(m.machine.call(m.vm, "TDH.MEM.TRACK", {}));
  EXPECT_FALSE(m.machine.call(m.vm, "TDH.MEM.PAGE.REMOVE", gpa));
  EXPECT_TRUE(m.machine.call(m.vm, "IPI", {}));
  EXPECT_FALSE(m.vcpu.read(M::kFirmware, out));
  EXPECT_TRUE(m.machine.call(m.vm, "TDH.MEM.PAGE.REMOVE", gpa));
  EXPECT_FALSE(m.vm.nested.translate(M::kFirmware));
  EXPECT_TRUE(m.machine.call(m.vm, "TDH.MEM.PAGE.AUG", gpa));
  EXPECT_EQ(m.state(M::kFirmware), SeptState::kPending);
  EXPECT_FALSE(m.machine.call(m.vm, "TDH.MEM.RD", gpa));
  EXPECT_FALSE(m.machine.call(m.vm, "RMPUPDATE", gpa));
}

TEST(Mapping, SharedMemoryIsTheHostsToReadAndTheOtherHalfOfAPrivatePageIsNothing) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  platform.write_shared(M::kHeap, base::Bytes(8, 0x42));
  EXPECT_EQ(m.read(M::kNone, m.vm.nested.translate(M::kHeap)->spa, 8), base::Bytes(8, 0x42));
  m.vm.space.set(M::kFirmware, M::kPage, memory::AddressSpace::Attribute::kShared);
  EXPECT_THROW(platform.write_shared(M::kFirmware, base::Bytes(8)), TdStops);
  m.vm.space.set(M::kFirmware, M::kPage, kPrivate);
  EXPECT_EQ(platform.read_private(M::kFirmware, 4), base::Bytes(4, 7)) << "no harm done";
}

// ---- registers ------------------------------------------------------------------------------------------------------

TEST(SaveArea, HoldsNothingThatTheHostCanReadOrWrite) {
  M m;
  ASSERT_EQ(m.start(), "");
  m.machine.leave(m.vm, base::Bytes(32, 0xC4));
  EXPECT_EQ(m.read(M::kNone, m.vm.save_area + m.vm.registers_at, 32), base::Bytes(32));
  auto back = m.machine.enter(m.vm, 32);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, base::Bytes(32, 0xC4));
  m.machine.leave(m.vm, base::Bytes(32, 0xC5));
  ASSERT_TRUE(m.memory.write(M::kNone, m.vm.save_area, base::Bytes(4096)));
  back = m.machine.enter(m.vm, 32);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.refusal().by->id, "tdx.memory.mac");
}

TEST(SaveArea, OfAMachineWithoutIntegrityIsTheHostsToSpoil) {
  M m(IntegrityMode::kNone);
  ASSERT_EQ(m.start(), "");
  m.machine.leave(m.vm, base::Bytes(32, 0xC4));
  ASSERT_TRUE(m.memory.write(M::kNone, m.vm.save_area + m.vm.registers_at, base::Bytes(32)));
  const auto back = m.machine.enter(m.vm, 32);
  ASSERT_TRUE(back);
  EXPECT_NE(*back, base::Bytes(32, 0xC4));
}

TEST(Resume, ATdThatTheHostDoesNotEnterStaysOutside) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "TDH.VP.ENTER"; };
  m.calls.attach(between);
  EXPECT_THROW(platform.read_private(M::kHeap, 4), TdStops);
}

// ---- hypercalls -----------------------------------------------------------------------------------------------------

struct Calls {
  M m;
  TestPlatform platform{m};
  Calls() { EXPECT_EQ(m.start(), ""); }
  Registers vmcall(tdxproto::Tdvmcall function, std::uint64_t r12, std::uint64_t r13 = 0) {
    return platform.tdcall({.rcx = tdxproto::kExposeCall, .r11 = static_cast<std::uint64_t>(function), .r12 = r12, .r13 = r13});
  }
};

TEST(Hypercalls, MapGpaTakesWholePagesOfTheGuest) {
  Calls c;
  const auto map = [&](std::uint64_t gpa, std::uint64_t bytes) { return c.vmcall(tdxproto::Tdvmcall::kMapGpa, gpa, bytes).r10; };
  constexpr std::uint64_t kShared = 1ull << 47;
  EXPECT_EQ(map(kShared | M::kHeap, 4096), tdxproto::kVmcallSuccess);
  EXPECT_EQ(map(kShared | M::kHeap, 100), tdxproto::kVmcallAlignError);
  EXPECT_EQ(map(kShared | (M::kHeap + 8), 4096), tdxproto::kVmcallAlignError);
  EXPECT_EQ(map(kShared | M::kHeap, 0), tdxproto::kVmcallInvalidOperand);
  EXPECT_EQ(map(kShared | (M::kVmBytes - 4096), 8192), tdxproto::kVmcallInvalidOperand);
  EXPECT_EQ(map(~0xFFFull, 1ull << 63), tdxproto::kVmcallInvalidOperand);
  EXPECT_EQ(c.platform.exits[0], "MAP_GPA");
}

TEST(Hypercalls, WhatTheHostDoesNotKnowItSaysSo) {
  Calls c;
  EXPECT_EQ(c.vmcall(tdxproto::Tdvmcall::kRdmsr, 0x10).r10, tdxproto::kVmcallSubfuncUnsupported);
  EXPECT_EQ(c.vmcall(tdxproto::Tdvmcall{0x7777}, 0).r10, tdxproto::kVmcallSubfuncUnsupported);
  EXPECT_EQ(c.vmcall(tdxproto::Tdvmcall::kHlt, 0).r10, tdxproto::kVmcallSuccess);
}

TEST(Hypercalls, ACpuidOfTheHypervisorIsTheHosts) {
  Calls c;
  const auto out = c.vmcall(tdxproto::Tdvmcall::kCpuid, 0x4000'0000);
  EXPECT_EQ(out.r12, 1u);
  EXPECT_EQ(out.r15, 4u);
}

TEST(Hypercalls, AFatalErrorIsRemembered) {
  Calls c;
  EXPECT_FALSE(c.m.machine.fatal_error(c.m.vm));
  (void)c.vmcall(tdxproto::Tdvmcall::kReportFatalError, 0x55);
  EXPECT_EQ(c.m.machine.fatal_error(c.m.vm), 0x55u);
}

TEST(Exits, AreNamedForTheirCarrier) {
  EXPECT_EQ(object_of(exit_of({.reason = tdxproto::kExitEptViolation, .gpa = 0x5000, .shown = {}})), "EPT_VIOLATION");
  TdExit call{.reason = tdxproto::kExitTdcall, .shown = {}};
  call.shown.r11 = 0x10002, call.shown.r12 = 9, call.shown.r15 = 12;
  const auto exit = exit_of(call);
  EXPECT_EQ(object_of(exit), "GET_QUOTE");
  EXPECT_EQ(exit.rax, 9u);
  EXPECT_EQ(exit.rdx, 12u);
  EXPECT_EQ(object_of({.code = 1}), "EXIT");
}

TEST(Accept, ThroughTheNeutralFaceGivesTheStatus) {
  M m;
  ASSERT_EQ(m.start(), "");
  EXPECT_NE(m.machine.accept(m.vm, M::kHeap, true), 0u) << "there is no page yet";
  ASSERT_EQ(m.machine.augment(m.vm, M::kHeap), "");
  EXPECT_EQ(m.machine.accept(m.vm, M::kHeap, true), 0u);
  EXPECT_EQ(m.machine.accept(m.vm, M::kHeap, true), 0x0000'0B0Au);
  EXPECT_EQ(m.machine.accept(m.vm, M::kHeap, false), 0u);
}

}  // namespace
}  // namespace tdx
