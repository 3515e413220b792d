// What the processor does for and against a TD: poison, faults, registers, CPUID.
#include <gtest/gtest.h>

#include "tsm/tdx/bare_module.h"
#include "tsm/tdx/module_rules.h"

namespace tdx {
namespace {

using S = Seamcall;
using B = BareModule;
using Seen = Fault::Seen;

struct Heard final : trust::Defences::Listener {
  void spoke(const trust::Defence& defence, std::string_view) override { ids.emplace_back(defence.id); }
  void missed(const trust::Defence&, std::string_view) override {}
  std::vector<std::string> ids;
};

struct Running : BareModule {
  explicit Running(IntegrityMode mode = IntegrityMode::kCryptographic, const std::vector<std::string>& lifted = {},
                   tdxproto::TdParams params = {})
      : BareModule(Stage::kRunnable, lifted, params, mode) {
    must(enter());
    defences->listen(&heard);
  }
  bool host_writes(std::uint64_t hpa) { return static_cast<bool>(memory.write(kNone, hpa + 64, base::Bytes(64, 0xBA))); }
  bool bus_writes(std::uint64_t hpa) { return memory.write_dram(hpa + 64, base::Bytes(64, 0xBA)); }
  // As the vCPU would: nothing where memory fails it.
  std::optional<base::Bytes> guest_reads(std::uint64_t gpa) {
    base::Bytes out(64);
    const auto hpa = module.translate(1, gpa, std::nullopt);
    if (!hpa || !memory.read(key_of(kHkid), *hpa, out)) return std::nullopt;
    return out;
  }
  Heard heard;
};

const base::Bytes kContent(64, 0x5A);

TEST(Poison, TheHostReadsZeroesWhereATdWrote) {
  for (const auto mode : {IntegrityMode::kNone, IntegrityMode::kLogical, IntegrityMode::kCryptographic}) {
    Running m(mode);
    EXPECT_EQ(m.read(B::kNone, B::kMappedPage), base::Bytes(4096));
    EXPECT_EQ(m.guest_reads(B::kMapped), kContent) << "and reading does no harm";
  }
}

TEST(Poison, WhatSoftwareWroteIsNeverReadAsData) {
  for (const auto mode : {IntegrityMode::kLogical, IntegrityMode::kCryptographic}) {
    Running m(mode);
    EXPECT_TRUE(m.host_writes(B::kMappedPage)) << "the store itself is not refused";
    EXPECT_EQ(m.guest_reads(B::kMapped), kContent) << "another line of the page";
    EXPECT_FALSE(m.guest_reads(B::kMapped + 64));
    EXPECT_EQ(m.module.fault(1, B::kMapped + 64, false, true).seen, Seen::kTdDead);
    EXPECT_EQ(m.heard.ids, std::vector<std::string>{mode == IntegrityMode::kLogical ? "tdx.memory.owner" : "tdx.memory.mac"});
    EXPECT_EQ(m.enter().status(), Status::kTdFatal);
    EXPECT_EQ(m.on_page(S::kMemRangeBlock, B::kMapped).status(), Status::kTdFatal);
    EXPECT_TRUE(m.module.tdcall(1, {.rax = 1}).dead);
    EXPECT_FALSE(m.module.check({.who = memory::Access::Who::kGuest, .asid = 1, .gpa = B::kMapped, .spa = B::kMappedPage, .private_page = true}));
  }
}

TEST(Poison, WhatTheBusAlteredIsFoundByAMacAlone) {
  Running mac, owner(IntegrityMode::kLogical), lifted(IntegrityMode::kCryptographic, {"tdx.memory.mac"});
  for (Running* m : {&mac, &owner, &lifted}) ASSERT_TRUE(m->bus_writes(B::kMappedPage));
  EXPECT_FALSE(mac.guest_reads(B::kMapped + 64));
  for (Running* m : {&owner, &lifted}) {
    const auto got = m->guest_reads(B::kMapped + 64);
    ASSERT_TRUE(got);
    EXPECT_NE(*got, kContent) << "noise that passes for data";
  }
}

TEST(Poison, WithoutAnyIntegrityTheHostsWriteIsNoiseToTheGuest) {
  Running none(IntegrityMode::kNone), lifted(IntegrityMode::kCryptographic, {"tdx.memory.mac", "tdx.memory.owner"}),
      mac_left(IntegrityMode::kCryptographic, {"tdx.memory.owner"});
  for (Running* m : {&none, &lifted, &mac_left}) ASSERT_TRUE(m->host_writes(B::kMappedPage));
  EXPECT_TRUE(none.guest_reads(B::kMapped + 64));
  EXPECT_TRUE(lifted.guest_reads(B::kMapped + 64));
  EXPECT_FALSE(mac_left.guest_reads(B::kMapped + 64));
}

TEST(Poison, OldCiphertextPutBackIsFoundWhoeverPutsIt) {
  Running m;
  base::Bytes old(64);
  ASSERT_TRUE(m.memory.read_dram(B::kMappedPage + 64, old));
  ASSERT_TRUE(m.memory.write(key_of(B::kHkid), B::kMappedPage + 64, base::Bytes(64, 0x77)));
  ASSERT_TRUE(m.memory.write_dram(B::kMappedPage + 64, old));
  EXPECT_FALSE(m.guest_reads(B::kMapped + 64));
  ASSERT_TRUE(m.memory.write(B::kNone, B::kMappedPage + 64, old));
  EXPECT_FALSE(m.guest_reads(B::kMapped + 64));
}

TEST(Poison, TheMacHasNoFreshness) {
  Running m;
  const auto old = m.memory.read_dram_line(B::kMappedPage + 64);
  ASSERT_TRUE(m.memory.write(key_of(B::kHkid), B::kMappedPage + 64, base::Bytes(64, 0x77)));
  ASSERT_TRUE(old && m.memory.write_dram_line(B::kMappedPage + 64, *old));
  EXPECT_EQ(m.guest_reads(B::kMapped + 64), kContent) << "who puts line and check bits back is not noticed";
}

TEST(Poison, InControlPagesEndsTheTdAtItsNextEntry) {
  for (const std::uint64_t page : {B::kTdr, B::kTdvpr}) {
    Running m;
    m.module.exit_to_host(1);
    ASSERT_TRUE(m.host_writes(page));
    const auto no = m.enter();
    EXPECT_EQ(no.status(), Status::kTdFatal) << std::hex << page;
    ASSERT_TRUE(no.refusal);
    EXPECT_EQ(no.refusal->by->id, "tdx.memory.mac");
  }
}

TEST(Poison, InATableEndsTheTdThatWalksIt) {
  for (unsigned level = 1; level <= kSeptTopLevel; ++level) {
    Running m;
    ASSERT_TRUE(m.guest_reads(B::kMapped));
    const auto table = m.mine().sept.walk(0, level).entry.hpa;
    ASSERT_TRUE(m.memory.write(B::kNone, table, base::Bytes(64, 0xBA))) << "the line with the first eight entries";
    EXPECT_TRUE(m.guest_reads(B::kMapped)) << "cached";
    EXPECT_FALSE(m.module.translate(1, B::kPending, std::nullopt)) << level;
    EXPECT_TRUE(m.mine().fatal);
    EXPECT_EQ(m.module.fault(1, B::kPending, false, false).seen, Seen::kTdDead);
  }
  Running m;
  const auto table = m.mine().sept.walk(0, 1).entry.hpa;
  ASSERT_TRUE(m.memory.write(B::kNone, table + 64, base::Bytes(64, 0xBA)));
  EXPECT_TRUE(m.guest_reads(B::kMapped)) << "its entry lies in another line";
}

TEST(Poison, InAnOperandEndsTheTd) {
  Running m;
  ASSERT_TRUE(m.host_writes(B::kMappedPage));
  EXPECT_TRUE(m.module.tdcall(1, {.rax = static_cast<std::uint64_t>(tdxproto::Tdcall::kMrRtmrExtend), .rcx = B::kMapped + 64}).dead);
  EXPECT_TRUE(m.mine().fatal);
}

// ---- registers ------------------------------------------------------------------------------------------------------

TEST(Registers, AreKeptUnderTheTdsKey) {
  Running m;
  const base::Bytes live(48, 0xC4);
  m.module.save(1, live);
  EXPECT_FALSE(m.module.vcpu_on(1)->inside);
  EXPECT_EQ(m.read(B::kNone, B::kTdvpr), base::Bytes(4096));
  BareModule::must(m.enter());
  const auto back = m.module.load(1, live.size());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, live);
}

TEST(Registers, AreNotTakenFromAPageThatTheHostWrote) {
  Running m;
  m.module.save(1, base::Bytes(48, 0xC4));
  ASSERT_TRUE(m.memory.write(B::kNone, B::kTdvpr + kRegistersAt, base::Bytes(48)));
  const auto back = m.module.load(1, 48);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.refusal().by->id, "tdx.memory.mac");
  EXPECT_TRUE(m.mine().fatal);
}

TEST(Hypercall, ShowsAndTakesBackWhatTheTdExposedAndNothingElse) {
  Running m;
  const Registers asked{.rax = 0, .rcx = tdxproto::kExposeR10 | tdxproto::kExposeR11 | tdxproto::kExposeR12, .rdx = 1, .rbx = 2, .r8 = 3,
                        .r9 = 4, .r10 = 0, .r11 = 0x10001, .r12 = 0x5000, .r13 = 0x5EC, .r14 = 6, .r15 = 7};
  const auto left = m.module.tdcall(1, asked);
  ASSERT_TRUE(left.exit);
  EXPECT_EQ(left.exit->reason, tdxproto::kExitTdcall);
  EXPECT_EQ(left.exit->shown, (Registers{.rcx = asked.rcx, .r11 = 0x10001, .r12 = 0x5000}));
  EXPECT_FALSE(m.module.vcpu_on(1)->inside);
  EXPECT_FALSE(m.module.resumed(1)) << "nothing before the host answers";
  Registers forged{.rcx = B::kTdvpr, .rdx = 91, .rbx = 92, .r8 = 93, .r9 = 94, .r10 = 1, .r11 = 95, .r12 = 96, .r13 = 97, .r14 = 98, .r15 = 99};
  BareModule::must(m.call(S::kVpEnter, forged));
  const auto back = m.module.resumed(1);
  ASSERT_TRUE(back);
  Registers expected = asked;
  expected.r10 = 1, expected.r11 = 95, expected.r12 = 96;
  EXPECT_EQ(*back, expected);
  EXPECT_FALSE(m.module.resumed(1));
}

TEST(Hypercall, NeverExposesTheRegistersOfTheCallItself) {
  Running m;
  for (const std::uint64_t mask : {1ull, 2ull, 16ull, 1ull << 32, 1ull << 63})
    EXPECT_EQ(m.module.tdcall(1, {.rax = 0, .rcx = mask}).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRcx)) << mask;
}

// ---- faults ---------------------------------------------------------------------------------------------------------

tdxproto::TdParams with_ve() {
  tdxproto::TdParams params;
  params.attributes = 0;
  return params;
}

TEST(PendingPage, LeavesTheTdWhereVeIsOff) {
  Running m;
  const auto fault = m.module.fault(1, B::kPending + 8, true, false);
  ASSERT_EQ(fault.seen, Seen::kTdExit);
  EXPECT_EQ(fault.exit.reason, tdxproto::kExitEptViolation);
  EXPECT_EQ(fault.exit.extended, tdxproto::kEeqPending);
  EXPECT_EQ(fault.exit.qualification, tdxproto::kEptWrite);
  EXPECT_EQ(fault.exit.gpa, B::kPending) << "the host learns the page, not the byte";
  EXPECT_EQ(tdxproto::status_of(m.tdcall(tdxproto::Tdcall::kVpVeinfoGet, {}).rax), Status::kNoValidVeInfo);
}

TEST(PendingPage, RaisesVeWhereItIsOn) {
  Running m(IntegrityMode::kCryptographic, {}, with_ve());
  ASSERT_EQ(m.module.fault(1, B::kPending + 8, false, false).seen, Seen::kGuestVe);
  EXPECT_TRUE(m.module.vcpu_on(1)->inside) << "the host sees nothing";
  const auto info = m.tdcall(tdxproto::Tdcall::kVpVeinfoGet, {});
  EXPECT_EQ(info.rax, 0u);
  EXPECT_EQ(info.rcx, tdxproto::kExitEptViolation);
  EXPECT_EQ(info.r9, B::kPending + 8);
  EXPECT_EQ(tdxproto::status_of(m.tdcall(tdxproto::Tdcall::kVpVeinfoGet, {}).rax), Status::kNoValidVeInfo) << "once";
}

TEST(PendingPage, ASecondVeBeforeTheFirstIsReadIsFatal) {
  Running m(IntegrityMode::kCryptographic, {}, with_ve());
  ASSERT_EQ(m.module.fault(1, B::kPending, false, false).seen, Seen::kGuestVe);
  EXPECT_EQ(m.module.fault(1, B::kPending, false, false).seen, Seen::kTdDead);
}

TEST(PendingPage, IsNoneOfTheTdsMemory) {
  const memory::Access access{
      .who = memory::Access::Who::kGuest, .asid = 1, .gpa = B::kPending + 8, .spa = B::kPendingPage + 8, .private_page = true};
  Running whole, lifted(IntegrityMode::kNone, {"tdx.sept.pending"});
  const auto no = whole.module.check(access);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal().by->id, "tdx.sept.pending");
  EXPECT_TRUE(lifted.module.check(access));
  EXPECT_EQ(whole.accept(B::kPending), 0u);
  EXPECT_TRUE(whole.module.check(access));
}

TEST(MissingPage, LeavesTheTdWhateverItsAttributes) {
  for (const auto& params : {tdxproto::TdParams{}, with_ve()}) {
    Running m(IntegrityMode::kCryptographic, {}, params);
    const auto fault = m.module.fault(1, B::kFree, false, false);
    EXPECT_EQ(fault.seen, Seen::kTdExit);
    EXPECT_EQ(fault.exit.extended, tdxproto::kEeqNone);
  }
}

TEST(MissingPage, AsAnOperandLeavesTheTd) {
  Running m;
  for (const std::uint64_t gpa : {B::kFree, B::kPending}) {
    const auto result = m.module.tdcall(1, {.rax = static_cast<std::uint64_t>(tdxproto::Tdcall::kMrRtmrExtend), .rcx = gpa});
    ASSERT_TRUE(result.exit);
    EXPECT_EQ(result.exit->gpa, gpa);
    BareModule::must(m.enter());
  }
}

TEST(Foreigners, NeverUseAPrivateKeyId) {
  Running m;
  using Who = memory::Access::Who;
  for (const auto who : {Who::kHost, Who::kDevice}) {
    const auto no = m.module.check({.who = who, .spa = B::kMappedPage, .private_page = true});
    ASSERT_FALSE(no);
    EXPECT_EQ(no.refusal().by->id, "tdx.hkid.private");
    EXPECT_TRUE(m.module.check({.who = who, .spa = B::kMappedPage, .write = true})) << "with a shared one the store is carried out";
  }
}

// ---- what the TD asks of the processor ------------------------------------------------------------------------------

TEST(VpInfo, TellsWidthAttributesAndVcpus) {
  Running m;
  const auto info = m.tdcall(tdxproto::Tdcall::kVpInfo, {});
  EXPECT_EQ(info.rcx, 48u);
  EXPECT_EQ(info.rdx, tdxproto::kAttributeSeptVeDisable);
  EXPECT_EQ(info.r8, 1u | 1ull << 32);
  EXPECT_EQ(info.r9, 0u);
}

TEST(Cpuid, WhatTheSiliconHasIsToldByTheModule) {
  Running m;
  const auto got = m.module.cpuid(1, 1, 0);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->eax, 0x806F8u);
  EXPECT_FALSE(m.module.cpuid(1, 0x4000'0000, 0));
  const auto info = m.tdcall(tdxproto::Tdcall::kVpVeinfoGet, {});
  EXPECT_EQ(info.rcx, tdxproto::kExitCpuid);
}

TEST(Tdcall, AnUnknownLeafIsRefused) {
  Running m;
  for (const std::uint64_t leaf : {5ull, 7ull, 99ull, ~0ull})
    EXPECT_EQ(m.module.tdcall(1, {.rax = leaf}).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRax));
  EXPECT_TRUE(m.module.tdcall(2, {.rax = 1}).dead) << "no TD runs there";
}

}  // namespace
}  // namespace tdx
