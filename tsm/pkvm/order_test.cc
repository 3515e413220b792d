// In which order each call looks for reasons to refuse, and by which error, as the functions named there do: written
// from the source, row by row.
#include <gtest/gtest.h>

#include "tsm/pkvm/el2_rules.h"

namespace pkvm {
namespace {

using Expected = std::vector<std::pair<std::string_view, int>>;

template <class Rules>
Expected of(const Rules& rules) {
  Expected out;
  for (const auto& rule : rules) out.emplace_back(rule.defence.id, static_cast<int>(rule.error));
  return out;
}

// mem_protect.c and hyp-main.c, each `return` of the handler and then of the function behind it.
TEST(Order, OfPagesBetweenHostAndHypervisor) {
  EXPECT_EQ(of(kShareHypRules),
            (Expected{{"pkvm.share-hyp.memory", -1}, {"pkvm.share-hyp.owned", -1}, {"pkvm.share-hyp.free", -1}}));
  EXPECT_EQ(of(kUnshareHypRules), (Expected{{"pkvm.unshare-hyp.memory", -1},
                                            {"pkvm.unshare-hyp.shared", -1},
                                            {"pkvm.unshare-hyp.borrowed", -1},
                                            {"pkvm.unshare-hyp.pinned", -16}}));
}

TEST(Order, OfPagesBetweenHostAndGuest) {
  EXPECT_EQ(of(kDonateRules), (Expected{{"pkvm.donate.loaded", -22},
                                        {"pkvm.donate.protected", -22},
                                        {"pkvm.donate.memory", -1},
                                        {"pkvm.donate.host-owned", -1},
                                        {"pkvm.donate.guest-free", -1}}));
  EXPECT_EQ(of(kShareGuestRules), (Expected{{"pkvm.share.loaded", -22},
                                            {"pkvm.share.not-protected", -22},
                                            {"pkvm.share.prot", -22},
                                            {"pkvm.share.size", -22},
                                            {"pkvm.share.memory", -1},
                                            {"pkvm.share.guest-free", -1},
                                            {"pkvm.share.host-owned", -1}}));
  EXPECT_EQ(of(kUnshareGuestRules), (Expected{{"pkvm.unshare.handle", -22},
                                              {"pkvm.unshare.not-protected", -22},
                                              {"pkvm.unshare.size", -22},
                                              {"pkvm.unshare.mapped", -2},
                                              {"pkvm.unshare.borrowed", -1},
                                              {"pkvm.unshare.shared", -1}}));
  EXPECT_EQ(of(kLoadedRules), (Expected{{"pkvm.entry.loaded", -22}, {"pkvm.entry.not-protected", -22}}));
}

TEST(Order, OfPagesThatComeBack) {
  EXPECT_EQ(of(kReclaimDyingRules), (Expected{{"pkvm.reclaim.handle", -22},
                                              {"pkvm.reclaim.dying", -22},
                                              {"pkvm.reclaim.mapped", -2},
                                              {"pkvm.reclaim.owned", -1}}));
  EXPECT_EQ(of(kForceReclaimRules), (Expected{{"pkvm.force.memory", -1},
                                              {"pkvm.force.away", -11},
                                              {"pkvm.force.guest", -1},
                                              {"pkvm.force.known", -11},
                                              {"pkvm.force.owned", -1}}));
}

// nvhe/pkvm.c.
TEST(Order, OfVmsAndVcpus) {
  EXPECT_EQ(of(kInitVmRules), (Expected{{"pkvm.vm.pinned", -1},
                                        {"pkvm.vm.vcpus", -22},
                                        {"pkvm.vm.handle", -22},
                                        {"pkvm.vm.donated", -12},
                                        {"pkvm.vm.pgd-donated", -12},
                                        {"pkvm.vm.reserved", -22}}));
  EXPECT_EQ(
      of(kInitVcpuRules),
      (Expected{
          {"pkvm.vcpu.donated", -12}, {"pkvm.vcpu.handle", -2}, {"pkvm.vcpu.pinned", -16}, {"pkvm.vcpu.index", -22}}));
  EXPECT_EQ(of(kStartTeardownRules),
            (Expected{{"pkvm.teardown.handle", -22}, {"pkvm.teardown.unused", -22}, {"pkvm.teardown.alive", -22}}));
  EXPECT_EQ(of(kFinalizeRules),
            (Expected{{"pkvm.finalize.handle", -22}, {"pkvm.finalize.unused", -22}, {"pkvm.finalize.dying", -22}}));
  EXPECT_EQ(of(kRunRules), (Expected{{"pkvm.run.loaded", -22}}));
}

// A row that holds nothing against anybody, or everything against everybody, is no row: each is broken by one case
// alone.
TEST(Order, EachRowOfADonationIsBrokenByItsOwnCase) {
  const GiveCase good{true, true, true, {}, PageState::kNoPage};
  const auto broken = [](const GiveCase& c) {
    std::vector<std::string_view> out;
    for (const auto& rule : kDonateRules)
      if (!rule.holds(c)) out.push_back(rule.defence.id);
    return out;
  };
  EXPECT_TRUE(broken(good).empty());
  GiveCase c = good;
  c.loaded = false;
  EXPECT_EQ(broken(c), std::vector<std::string_view>{"pkvm.donate.loaded"});
  c = good, c.is_protected = false;
  EXPECT_EQ(broken(c), std::vector<std::string_view>{"pkvm.donate.protected"});
  c = good, c.memory = false;
  EXPECT_EQ(broken(c), std::vector<std::string_view>{"pkvm.donate.memory"});
  for (const auto state : {PageState::kSharedOwned, PageState::kSharedBorrowed, PageState::kNoPage}) {
    c = good, c.host.state = state;
    EXPECT_EQ(broken(c), std::vector<std::string_view>{"pkvm.donate.host-owned"});
  }
  for (const auto state :
       {PageState::kOwned, PageState::kSharedOwned, PageState::kSharedBorrowed, PageState::kPoison}) {
    c = good, c.guest = state;
    EXPECT_EQ(broken(c), std::vector<std::string_view>{"pkvm.donate.guest-free"});
  }
}

// pkvm_memshare_call and what stands behind it, and their likes: a guest hears one answer for all, so the rows tell them apart.
TEST(Order, OfWhatAGuestAsks) {
  const auto first = [](const auto& rules, const auto& c) -> std::string_view {
    for (const auto& rule : rules)
      if (!rule.holds(c)) return rule.defence.id;
    return "";
  };
  using S = PageState;
  const std::pair<GuestShareCase, std::string_view> kShares[] = {
      {{true, S::kOwned, S::kNoPage}, ""},
      {{false, S::kPoison, S::kOwned}, "pkvm.mem-share.arguments"},
      {{true, S::kSharedOwned, S::kSharedBorrowed}, "pkvm.mem-share.owned"},
      {{true, S::kSharedBorrowed, S::kNoPage}, "pkvm.mem-share.owned"},
      {{true, S::kPoison, S::kNoPage}, "pkvm.mem-share.owned"},
      {{true, S::kOwned, S::kOwned}, "pkvm.mem-share.host-none"}};
  for (const auto& [c, row] : kShares) EXPECT_EQ(first(kMemShareRules, c), row);
  const std::pair<GuestShareCase, std::string_view> kUnshares[] = {
      {{true, S::kSharedOwned, S::kSharedBorrowed}, ""},
      {{false, S::kOwned, S::kNoPage}, "pkvm.mem-unshare.arguments"},
      {{true, S::kOwned, S::kSharedBorrowed}, "pkvm.mem-unshare.shared"},
      {{true, S::kPoison, S::kSharedBorrowed}, "pkvm.mem-unshare.shared"},
      {{true, S::kSharedOwned, S::kOwned}, "pkvm.mem-unshare.borrowed"}};
  for (const auto& [c, row] : kUnshares) EXPECT_EQ(first(kMemUnshareRules, c), row);
  const std::pair<MmioGuardCase, std::string_view> kGuards[] = {{{true, S::kNoPage}, ""},
                                                                {{false, S::kOwned}, "pkvm.mmio-guard.arguments"},
                                                                {{true, S::kOwned}, "pkvm.mmio-guard.free"},
                                                                {{true, S::kPoison}, "pkvm.mmio-guard.free"}};
  for (const auto& [c, row] : kGuards) EXPECT_EQ(first(kMmioGuardRules, c), row);
}

}  // namespace
}  // namespace pkvm
