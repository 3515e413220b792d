// The processor under EL2: where addresses lead, what the host learns of an exit, whose registers are whose, and
// firmware in its place.
#include <gtest/gtest.h>

#include <algorithm>

#include "tsm/pkvm/test_machine.h"

namespace pkvm {
namespace {

TEST(Translation, GoesByEl2sTablesWhateverTheHostsSay) {
  Bare b;
  const std::uint64_t page = b.fresh(), other = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  EXPECT_EQ(b.el2->translate(1, Bare::kIpa + 5, other + 5), page + 5);
  EXPECT_EQ(b.heard.said, std::vector<std::string>{"pkvm.stage2.owner"});
  EXPECT_FALSE(b.el2->translate(1, Bare::kIpa + kPage, other)) << "nothing there";
  EXPECT_FALSE(b.el2->translate(3, Bare::kIpa, other)) << "nobody loaded";
  Bare lifted({"pkvm.stage2.owner"});
  lifted.must(lifted.donate(lifted.fresh(), Bare::kIpa));
  EXPECT_EQ(lifted.el2->translate(1, Bare::kIpa, other), other);
}

TEST(HostAccess, FaultsOnWhatAGuestOrTheHypervisorOwns) {
  Bare b;
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  const auto who = [&](std::uint64_t phys, memory::Access::Who who) {
    const auto checked = b.el2->check({.who = who, .spa = phys});
    return checked ? std::string_view("") : checked.refusal().by->id;
  };
  using W = memory::Access::Who;
  EXPECT_EQ(who(page + 17, W::kHost), "pkvm.host.guest-page");
  EXPECT_EQ(who(Bare::kCarveout, W::kHost), "pkvm.host.hyp-page");
  EXPECT_EQ(who(b.el2->vm(b.first)->at, W::kHost), "pkvm.host.hyp-page");
  EXPECT_EQ(who(b.fresh(), W::kHost), "");
  EXPECT_EQ(who(page, W::kDevice), "") << "upstream keeps no device out";
  Bare guarded({}, {.dma_isolation = true});
  guarded.must(guarded.donate(guarded.next += kPage, Bare::kIpa));
  const auto dma = guarded.el2->check({.who = W::kDevice, .spa = guarded.next});
  ASSERT_FALSE(dma);
  EXPECT_EQ(dma.refusal().by->id, "pkvm.dma.stage2");
}

TEST(GuestAccess, ReachesNoPageOfAnotherOwner) {
  Bare b;
  const std::uint64_t page = b.fresh(), other = b.make(4, true);
  ASSERT_NE(other, 0u);
  b.must(b.donate(page, Bare::kIpa));
  const auto reaches = [&](std::uint32_t cpu, std::uint64_t phys) {
    return static_cast<bool>(b.el2->check({.who = memory::Access::Who::kGuest, .asid = cpu, .spa = phys}));
  };
  EXPECT_TRUE(reaches(1, page));
  EXPECT_FALSE(reaches(4, page));
  EXPECT_FALSE(reaches(9, page)) << "nobody's";
  EXPECT_FALSE(reaches(1, Bare::kCarveout));
}

TEST(Abort, TellsTheHostOfAnAccessOnlyWhereTheGuestAskedForIt) {
  Bare b;
  EXPECT_EQ(b.el2->abort(1, 0xA'0010, true),
            (GuestExit{.code = pkvmproto::kExitDataAbort, .iss = pkvmproto::kIssWnr, .ipa = 0xA'0000}));
  EXPECT_EQ(b.guest(GuestCall::kMmioGuard, 0xA'0001), pkvmproto::kSmcccInvalidParameter);
  EXPECT_EQ(b.guest(GuestCall::kMmioGuard, 0xA'0000), 0);
  EXPECT_EQ(b.el2->abort(1, 0xA'0010, true).iss, pkvmproto::kIssIsv | pkvmproto::kIssWnr);
  EXPECT_EQ(b.el2->abort(1, 0xA'0010, false).iss, pkvmproto::kIssIsv);
  EXPECT_EQ(b.el2->abort(2, 0xA'0010, false).iss, pkvmproto::kIssIsv)
      << "without protection the host emulates everything";
  b.must(b.donate(b.fresh(), Bare::kIpa));
  EXPECT_EQ(b.guest(GuestCall::kMmioGuard, Bare::kIpa), pkvmproto::kSmcccInvalidParameter) << "memory is not emulated";
}

TEST(Registers, OfAProtectedVcpuStayAtEl2) {
  const base::Bytes secret(64, 0x5A);
  for (const bool hidden : {true, false}) {
    Bare b({}, {.state_hidden = hidden});
    b.el2->save(1, secret);
    const base::Bytes page = b.read(b.host_vcpu[1]);
    EXPECT_EQ(std::ranges::equal(base::View(page).subspan(pkvmproto::kRegistersAt, 64), secret), !hidden);
    EXPECT_EQ(b.host_reaches(b.el2->registers_page(1)), !hidden);
    EXPECT_EQ(b.el2->load(1, 64), secret);
    b.el2->save(2, secret);
    EXPECT_EQ(b.el2->registers_page(2), b.host_vcpu[2]) << "without protection they are the host's";
  }
  Bare lifted({"pkvm.vcpu.state-hidden"});
  EXPECT_EQ(lifted.el2->registers_page(1), lifted.host_vcpu[1]);
}

TEST(Firmware, IsWhatEl2KeepsWhateverTheHostPutThere) {
  Bare b;
  const std::uint64_t page = b.fresh(), second = b.fresh();
  b.fill(page, 0x66);
  b.must(b.donate(page, Bare::kPvmfw)), b.must(b.donate(second, Bare::kPvmfw + kPage));
  EXPECT_EQ(b.read(page), base::Bytes(kPage, 0xF1));
  EXPECT_EQ(b.read(second), base::Bytes(kPage, 0xF1));
  EXPECT_EQ(b.heard.said, std::vector<std::string>{"pkvm.pvmfw.load"});
  const std::uint64_t other = b.fresh();
  b.fill(other, 0x66);
  b.must(b.donate(other, Bare::kPvmfw + kPvmfwPages * kPage));
  EXPECT_EQ(b.read(other), base::Bytes(kPage, 0x66)) << "behind firmware the host's content stays";
}

TEST(GuestCalls, AnswerForTheHypervisor) {
  Bare b;
  EXPECT_EQ(b.guest(GuestCall::kSmcccVersion), 0x1'0001);
  EXPECT_EQ(b.guest(GuestCall::kHypMeminfo), 4096);
  EXPECT_EQ(b.guest(GuestCall::kHypMeminfo, 1), pkvmproto::kSmcccInvalidParameter);
  EXPECT_EQ(b.guest(GuestCall::kFeatures), 0b1001'1101);
  EXPECT_EQ(b.guest(GuestCall::kFeatures, 0, 0, 2), 1) << "without protection there is nothing to share";
  EXPECT_EQ(b.guest(GuestCall::kMemShare, Bare::kIpa, 0, 2), pkvmproto::kSmcccNotSupported);
  EXPECT_EQ(b.guest(GuestCall::kMemShare, Bare::kIpa, 0, 3), pkvmproto::kSmcccNotSupported) << "nobody loaded";
  const auto uid = b.hvc(GuestCall::kVendorUid).out;
  EXPECT_EQ(uid.x0, 0xB66F'B428u);
  EXPECT_EQ(uid.x3, 0x743A'004Du);
  const auto off = b.hvc(GuestCall::kPsciSystemOff);
  ASSERT_TRUE(off.exit);
  EXPECT_EQ(off.exit->code, pkvmproto::kExitHvc64);
}

}  // namespace
}  // namespace pkvm
