// Pages that change hands, each call with each state of both sides: what the source says succeeds, and what it returns
// otherwise.
#include <gtest/gtest.h>

#include "tsm/pkvm/test_machine.h"

namespace pkvm {
namespace {

using S = PageState;
constexpr std::int64_t kPerm = -1, kNoEnt = -2, kAgain = -11, kBusy = -16, kInval = -22;
constexpr std::int64_t kInvalidParameter = -3;

// A page in each state that the host can have it in.
enum class Held { kOwned, kSharedWithHyp, kSharedWithGuest, kGuests, kBorrowed, kHyps, kNoMemory };
constexpr Held kHeld[] = {Held::kOwned,    Held::kSharedWithHyp, Held::kSharedWithGuest, Held::kGuests,
                          Held::kBorrowed, Held::kHyps,          Held::kNoMemory};
constexpr std::uint64_t kElsewhere = 0x9000;  // of a guest, where the page is put

std::uint64_t page_held(Bare& b, Held held) {
  const std::uint64_t page = b.fresh();
  switch (held) {
    case Held::kOwned: break;
    case Held::kSharedWithHyp: b.must(b.call(0, HostCall::kShareHyp, {.x1 = page / kPage})); break;
    case Held::kSharedWithGuest: b.must(b.share(page, kElsewhere)); break;
    case Held::kGuests: b.must(b.donate(page, kElsewhere)); break;
    case Held::kBorrowed:
      b.must(b.donate(page, kElsewhere));
      b.must(b.guest(GuestCall::kMemShare, kElsewhere));
      break;
    case Held::kHyps: return Bare::kCarveout;
    case Held::kNoMemory: return Bare::kBytes;
  }
  return page;
}

TEST(HostShareHyp, TakesOnlyWhatIsTheHostsAlone) {
  for (const Held held : kHeld) {
    Bare b;
    const std::uint64_t page = page_held(b, held);
    EXPECT_EQ(b.call(0, HostCall::kShareHyp, {.x1 = page / kPage}), held == Held::kOwned ? 0 : kPerm)
        << static_cast<int>(held);
    if (held == Held::kOwned) {
      EXPECT_EQ(b.host(page).state, S::kSharedOwned);
      EXPECT_EQ(b.el2->pages().hyp(page), S::kSharedBorrowed);
      EXPECT_TRUE(b.host_reaches(page));
    }
  }
}

TEST(HostUnshareHyp, EndsOnlyASharingWithTheHypervisor) {
  for (const Held held : kHeld) {
    Bare b;
    const std::uint64_t page = page_held(b, held);
    EXPECT_EQ(b.call(0, HostCall::kUnshareHyp, {.x1 = page / kPage}), held == Held::kSharedWithHyp ? 0 : kPerm)
        << static_cast<int>(held);
    if (held == Held::kSharedWithHyp) {
      EXPECT_EQ(b.host(page), HostPage{});
      EXPECT_EQ(b.el2->pages().hyp(page), S::kNoPage);
    }
  }
}

TEST(HostUnshareHyp, WaitsForWhatIsPinned) {
  Bare b;
  EXPECT_EQ(b.call(0, HostCall::kUnshareHyp, {.x1 = b.host_kvm[1] / kPage}), kBusy);
  EXPECT_EQ(b.call(0, HostCall::kUnshareHyp, {.x1 = b.host_vcpu[1] / kPage}), kBusy);
}

TEST(HostDonateGuest, TakesOnlyWhatIsTheHostsAlone) {
  for (const Held held : kHeld) {
    Bare b;
    const std::uint64_t page = page_held(b, held);
    EXPECT_EQ(b.donate(page, Bare::kIpa), held == Held::kOwned ? 0 : kPerm) << static_cast<int>(held);
    if (held == Held::kOwned) {
      EXPECT_EQ(b.host(page).state, S::kNoPage);
      EXPECT_EQ(b.entry(Bare::kIpa), (GuestPage{S::kOwned, page}));
      EXPECT_EQ(b.el2->pages().annotation(page), (Annotation{.owner = Component::kGuest,
                                                             .handle = static_cast<std::uint16_t>(b.first),
                                                             .gfn = Bare::kIpa / kPage}));
      EXPECT_FALSE(b.host_reaches(page));
    } else {
      EXPECT_EQ(b.entry(Bare::kIpa), GuestPage{}) << "what is refused has no effect";
    }
  }
}

TEST(HostDonateGuest, PutsNothingWhereTheGuestHasAPageOrHadOne) {
  Bare b;
  const std::uint64_t there = b.fresh();
  b.must(b.donate(there, Bare::kIpa));
  EXPECT_EQ(b.donate(b.fresh(), Bare::kIpa), kPerm);
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = there}));
  EXPECT_EQ(b.entry(Bare::kIpa).state, S::kPoison);
  EXPECT_EQ(b.donate(there, Bare::kIpa), kPerm);
  EXPECT_EQ(b.refusal->by->id, "pkvm.donate.guest-free");
}

TEST(HostDonateGuest, WantsALoadedProtectedVcpuFirst) {
  Bare b;
  EXPECT_EQ(b.donate(Bare::kBytes, Bare::kIpa, 3), kInval) << "nothing loaded, before the page is looked at";
  EXPECT_EQ(b.donate(Bare::kBytes, Bare::kIpa, 2), kInval) << "not protected";
  EXPECT_EQ(b.donate(Bare::kBytes, Bare::kIpa, 1), kPerm) << "a device's registers";
}

TEST(HostShareGuest, IsForGuestsWithoutProtectionAndMayBeRepeatedForOthers) {
  for (const Held held : kHeld) {
    Bare b;
    const std::uint64_t page = page_held(b, held);
    const bool ok = held == Held::kOwned || held == Held::kSharedWithGuest;
    EXPECT_EQ(b.share(page, Bare::kIpa), ok ? 0 : kPerm) << static_cast<int>(held);
    if (!ok) continue;
    EXPECT_EQ(b.host(page), (HostPage{S::kSharedOwned, held == Held::kOwned ? 1u : 2u}));
    EXPECT_EQ(b.entry(Bare::kIpa, b.second).state, S::kSharedBorrowed);
    EXPECT_TRUE(b.host_reaches(page));
  }
  Bare b;
  EXPECT_EQ(b.share(b.fresh(), Bare::kIpa, 1), kInval) << "protected";
  EXPECT_EQ(b.share(b.fresh(), Bare::kIpa, 3), kInval) << "nothing loaded";
  EXPECT_EQ(b.call(2, HostCall::kShareGuest, {.x1 = b.fresh() / kPage, .x2 = 4, .x3 = 1, .x4 = 8}), kInval)
      << "permissions";
  EXPECT_EQ(b.call(2, HostCall::kShareGuest, {.x1 = b.fresh() / kPage, .x2 = 4, .x3 = 2, .x4 = 7}), kInval) << "size";
}

TEST(HostUnshareGuest, GivesBackAtTheLastSharing) {
  Bare b;
  const std::uint64_t page = b.fresh();
  b.must(b.share(page, Bare::kIpa)), b.must(b.share(page, kElsewhere));
  const auto unshare = [&](std::uint64_t ipa, std::uint64_t handle) {
    return b.call(0, HostCall::kUnshareGuest, {.x1 = handle, .x2 = ipa / kPage, .x3 = 1});
  };
  EXPECT_EQ(unshare(0x7000, b.second), kNoEnt);
  EXPECT_EQ(unshare(Bare::kIpa, 5), kInval);
  EXPECT_EQ(unshare(Bare::kIpa, b.first), kInval) << "a protected VM";
  EXPECT_EQ(unshare(Bare::kIpa, b.second), 0);
  EXPECT_EQ(b.host(page), (HostPage{S::kSharedOwned, 1}));
  EXPECT_EQ(unshare(kElsewhere, b.second), 0);
  EXPECT_EQ(b.host(page), HostPage{});
}

TEST(Entries, OfAProtectedVmAreNotTheHostsToChange) {
  Bare b;
  b.must(b.donate(b.fresh(), Bare::kIpa));
  b.must(b.share(b.fresh(), Bare::kIpa));
  for (const auto call : {HostCall::kRelaxPermsGuest, HostCall::kMkyoungGuest}) {
    EXPECT_EQ(b.call(1, call, {.x1 = 4, .x2 = 7}), kInval);
    EXPECT_EQ(b.call(2, call, {.x1 = 4, .x2 = 7}), 0);
    EXPECT_EQ(b.call(2, call, {.x1 = 77, .x2 = 7}), kNoEnt);
  }
  for (const auto call : {HostCall::kWrprotectGuest, HostCall::kTestClearYoungGuest}) {
    EXPECT_EQ(b.call(0, call, {.x1 = b.first, .x2 = 4, .x3 = 1}), kInval);
    EXPECT_EQ(b.call(0, call, {.x1 = b.second, .x2 = 4, .x3 = 1}), 0);
  }
  EXPECT_EQ(b.entry(Bare::kIpa, b.second).prot, pkvmproto::kProtRwx & ~pkvmproto::kProtW);
  b.must(b.call(2, HostCall::kRelaxPermsGuest, {.x1 = 4, .x2 = pkvmproto::kProtW}));
  EXPECT_EQ(b.entry(Bare::kIpa, b.second).prot, pkvmproto::kProtRwx);
}

TEST(GuestShare, GivesTheHostThePageAndTakesItBack) {
  Bare b;
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  EXPECT_EQ(b.guest(GuestCall::kMemUnshare, Bare::kIpa), kInvalidParameter) << "not shared";
  EXPECT_EQ(b.guest(GuestCall::kMemShare, Bare::kIpa), 0);
  EXPECT_TRUE(b.host_reaches(page));
  EXPECT_EQ(b.host(page).state, S::kSharedBorrowed);
  EXPECT_EQ(b.entry(Bare::kIpa).state, S::kSharedOwned);
  EXPECT_EQ(b.guest(GuestCall::kMemShare, Bare::kIpa), kInvalidParameter) << "shared already";
  EXPECT_EQ(b.guest(GuestCall::kMemUnshare, Bare::kIpa), 0);
  EXPECT_FALSE(b.host_reaches(page));
  EXPECT_EQ(b.host(page).state, S::kNoPage);
  EXPECT_EQ(b.entry(Bare::kIpa).state, S::kOwned);
  for (const auto call : {GuestCall::kMemShare, GuestCall::kMemUnshare}) {
    EXPECT_EQ(b.guest(call, Bare::kIpa + 1), kInvalidParameter) << "alignment";
    EXPECT_EQ(b.guest(call, Bare::kIpa, 1), kInvalidParameter) << "a second argument";
  }
}

TEST(GuestShare, OfAPageThatIsNotThereLeavesForTheHost) {
  Bare b;
  const auto result = b.hvc(GuestCall::kMemShare, Bare::kIpa);
  ASSERT_TRUE(result.exit);
  EXPECT_EQ(result.exit->code, pkvmproto::kExitDataAbort);
  EXPECT_EQ(result.exit->ipa, Bare::kIpa);
}

TEST(GuestShare, OfAPoisonedPageIsRefused) {
  Bare b;
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = page}));
  EXPECT_EQ(b.guest(GuestCall::kMemShare, Bare::kIpa), kInvalidParameter);
}

// ---- back to the host -----------------------------------------------------------------------------------------------

TEST(ForceReclaim, DestroysWhatAGuestOwnsAndNothingElse) {
  const std::pair<Held, std::int64_t> kResults[] = {
      {Held::kOwned, kAgain},    {Held::kSharedWithHyp, kAgain}, {Held::kSharedWithGuest, kAgain}, {Held::kGuests, 0},
      {Held::kBorrowed, kAgain}, {Held::kHyps, kPerm},           {Held::kNoMemory, kPerm}};
  for (const auto& [held, result] : kResults) {
    Bare b;
    const std::uint64_t page = page_held(b, held);
    if (held == Held::kGuests) b.fill(page, 0x5A);
    EXPECT_EQ(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = page}), result) << static_cast<int>(held);
    if (result != 0) continue;
    EXPECT_EQ(b.read(page), base::Bytes(kPage)) << "what the guest had is gone";
    EXPECT_EQ(b.host(page), HostPage{});
    EXPECT_TRUE(b.host_reaches(page));
    EXPECT_EQ(b.entry(kElsewhere).state, S::kPoison);
    EXPECT_EQ(b.heard.said, std::vector<std::string>{"pkvm.reclaim.poison"});
  }
}

TEST(ForceReclaim, TellsThePoisonOnTheNextFault) {
  Bare b;
  EXPECT_EQ(b.call(3, HostCall::kVcpuInPoisonFault), kInval);
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  (void)b.el2->abort(1, Bare::kIpa + 5, true);
  EXPECT_EQ(b.call(1, HostCall::kVcpuInPoisonFault), 0);
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = page}));
  EXPECT_FALSE(b.el2->translate(1, Bare::kIpa, std::nullopt));
  EXPECT_EQ(b.call(1, HostCall::kVcpuInPoisonFault), 1);
}

TEST(ReclaimDying, IsForVmsThatEndAndClearsWhatWasOwned) {
  Bare b;
  const std::uint64_t owned = b.fresh(), shared = b.fresh(), taken = b.fresh();
  b.must(b.donate(owned, Bare::kIpa)), b.must(b.donate(shared, Bare::kIpa + kPage)),
      b.must(b.donate(taken, Bare::kIpa + 2 * kPage));
  b.must(b.guest(GuestCall::kMemShare, Bare::kIpa + kPage));
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = taken}));
  b.fill(owned, 0x5A), b.fill(shared, 0x5B);
  const auto reclaim = [&](std::uint64_t ipa) {
    return b.call(1, HostCall::kReclaimDyingGuestPage, {.x1 = b.first, .x2 = ipa / kPage});
  };
  EXPECT_EQ(reclaim(Bare::kIpa), kInval) << "it lives";
  EXPECT_EQ(b.refusal->by->id, "pkvm.reclaim.dying");
  b.must(b.call(1, HostCall::kVcpuPut)), b.must(b.call(1, HostCall::kStartTeardownVm, {.x1 = b.first}));
  EXPECT_EQ(b.call(1, HostCall::kReclaimDyingGuestPage, {.x1 = 5, .x2 = 4}), kInval);
  EXPECT_EQ(reclaim(0x8000), kNoEnt);
  EXPECT_EQ(reclaim(Bare::kIpa), 0);
  EXPECT_EQ(reclaim(Bare::kIpa + kPage), 0);
  EXPECT_EQ(reclaim(Bare::kIpa + 2 * kPage), 0) << "the host has it already";
  EXPECT_EQ(b.read(owned), base::Bytes(kPage));
  EXPECT_EQ(b.read(shared), base::Bytes(kPage, 0x5B)) << "the host could read it all along";
  for (const std::uint64_t page : {owned, shared}) EXPECT_TRUE(b.host(page) == HostPage{} && b.host_reaches(page));
}

TEST(ReclaimDying, OfAVmWithoutProtectionGivesNothing) {
  Bare b;
  const std::uint64_t page = b.fresh();
  b.must(b.share(page, Bare::kIpa));
  b.must(b.call(2, HostCall::kVcpuPut)), b.must(b.call(2, HostCall::kStartTeardownVm, {.x1 = b.second}));
  EXPECT_EQ(b.call(2, HostCall::kReclaimDyingGuestPage, {.x1 = b.second, .x2 = Bare::kIpa / kPage}), kPerm);
  EXPECT_EQ(b.refusal->by->id, "pkvm.reclaim.owned");
  EXPECT_EQ(b.call(2, HostCall::kUnshareGuest, {.x1 = b.second, .x2 = Bare::kIpa / kPage, .x3 = 1}), 0);
}

// ---- what lifting does ----------------------------------------------------------------------------------------------

TEST(Lifted, ADonatedPageStaysInTheHostsTables) {
  Bare b({"pkvm.donate.unmap"});
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  EXPECT_TRUE(b.host_reaches(page));
}

TEST(Lifted, OnePageGoesToTwoGuests) {
  Bare b({"pkvm.donate.host-owned"});
  const std::uint64_t page = b.fresh(), other = b.make(4, true);
  b.must(b.donate(page, Bare::kIpa)), b.must(b.donate(page, kElsewhere, 4));
  EXPECT_EQ(b.entry(Bare::kIpa).phys, b.entry(kElsewhere, other).phys);
}

TEST(Lifted, WhatWasReclaimedIsReadable) {
  Bare b({"pkvm.reclaim.poison"});
  const std::uint64_t page = b.fresh();
  b.must(b.donate(page, Bare::kIpa));
  b.fill(page, 0x5A);
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = page}));
  EXPECT_EQ(b.read(page), base::Bytes(kPage, 0x5A));
}

// ---- memory that a SoC encrypts -------------------------------------------------------------------------------------

TEST(Encrypted, PagesChangeTheirKeyAsTheyChangeHands) {
  constexpr memory::KeyId kKey{1};
  Bare b({}, {.guest_key = kKey}, memory::Mode::kXts);
  b.memory.set_key(kKey, {1, 2, 3});
  const std::uint64_t page = b.fresh();
  b.fill(page, 0x5A);
  b.must(b.donate(page, Bare::kIpa));
  EXPECT_EQ(b.read(page, kKey), base::Bytes(kPage, 0x5A));
  EXPECT_NE(b.read(page), base::Bytes(kPage, 0x5A)) << "the bus shows none of it";
  b.must(b.guest(GuestCall::kMemShare, Bare::kIpa));
  EXPECT_EQ(b.read(page), base::Bytes(kPage, 0x5A));
  b.must(b.guest(GuestCall::kMemUnshare, Bare::kIpa));
  EXPECT_EQ(b.read(page, kKey), base::Bytes(kPage, 0x5A));
  b.must(b.call(0, HostCall::kForceReclaimGuestPage, {.x1 = page}));
  EXPECT_EQ(b.read(page), base::Bytes(kPage));
}

}  // namespace
}  // namespace pkvm
