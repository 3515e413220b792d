#include "scenarios/explore/search.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/explore/findings.h"
#include "scenarios/explore/scenario_text.h"
#include "scenarios/explore/test_target.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/json_text.h"

namespace explore {
namespace {

constexpr const char* kBareVm = "machines/bare-vm.yaml";

Target remapping() { return real_target(kBareVm, "snp", "keep-two-pages", {"rmp.access.gpa"}); }

Progress explored(const Target& target, Options options) {
  Search search(target, std::move(options));
  return search.explore([] { return true; });
}

TEST(Search, FindsTheRemappingThatALiftedCheckLetsThrough) {
  const auto target = remapping();
  auto whole = target;
  whole.lift.clear();
  Options options;
  options.runs_max = 3000, options.finds_max = 1, options.whole = &whole;
  const auto progress = explored(target, options);
  ASSERT_EQ(progress.finds.size(), 1u);
  const auto& find = progress.finds[0];
  EXPECT_EQ(promises_of(find.verdict), std::vector{trust::Promise::kIntegrity});
  ASSERT_EQ(find.attack.size(), 1u);
  EXPECT_EQ(find.attack[0].at->value, "vm0.mapping");
  EXPECT_FALSE(try_attack(whole, find.attack).broken()) << "it is not the weakness that was lifted";
}

TEST(Search, GivesTheSameForSoManyRunsWhateverTheThreads) {
  const auto target = remapping();
  std::vector<std::string> told;
  for (const std::size_t threads : {1, 3}) {
    Options options;
    options.runs_max = 400, options.threads = threads;
    told.push_back(report::indented(findings_object(target, options, explored(target, options))));
  }
  EXPECT_EQ(told[0], told[1]);
  Options other;
  other.runs_max = 400, other.strategy = Strategy::kRandom, other.seed = 2;
  auto first = explored(target, other);
  auto again = explored(target, other);
  EXPECT_EQ(report::indented(findings_object(target, other, first)), report::indented(findings_object(target, other, again)));
}

TEST(Search, ReportsEachCauseOnce) {
  const auto target = remapping();
  Options options;
  options.runs_max = 1500;
  const auto progress = explored(target, options);
  ASSERT_GE(progress.finds.size(), 2u);
  EXPECT_GT(progress.again, 0u);
  for (std::size_t i = 0; i < progress.finds.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(contains(progress.finds[i].cause, progress.finds[j].cause)) << progress.finds[i].cause.text();
}

TEST(Search, ShardsShareTheMovesWithoutDoingAnyTwice) {
  const auto target = remapping();
  std::size_t tried = 0, moves = 0;
  for (std::size_t shard = 1; shard <= 3; ++shard) {
    Options options;
    options.strategy = Strategy::kSystematic, options.shard = shard, options.shards = 3, options.runs_max = 100'000;
    options.allowed = {"dimm"};
    const auto progress = explored(target, options);
    EXPECT_TRUE(progress.exhausted);
    tried += progress.moves_tried, moves = progress.moves;
  }
  EXPECT_EQ(tried, moves);
}

TEST(Search, APositionThatIsNotHeldDoesNothing) {
  Options options;
  options.runs_max = 300, options.allowed = {"network"};
  const auto progress = explored(remapping(), options);
  EXPECT_TRUE(progress.finds.empty()) << "nothing of this guest's crosses a network";
}

TEST(Search, AFindIsAFileThatPlaysAsItWasFound) {
  const auto target = remapping();
  Options options;
  options.runs_max = 2500;
  const auto progress = explored(target, options);
  ASSERT_FALSE(progress.finds.empty());
  for (const auto& find : progress.finds) {
    const auto text = file_text(target, find);
    Target again = target;
    again.scenario = load::parse_scenario(text, "found.yaml", engine::vocabulary());
    ASSERT_EQ(again.scenario.variants.size(), 1u) << text;
    const auto tried = try_attack(again, again.scenario.variants[0].steps);
    ASSERT_EQ(tried.kind, Tried::Kind::kPlayed) << tried.why << text;
    EXPECT_EQ(tried.verdict.sentence(), find.verdict.sentence()) << text;
    ASSERT_EQ(again.scenario.without.size(), 1u) << text;
    EXPECT_EQ(again.scenario.without[0].lift.at(0).value, "rmp.access.gpa");
  }
}

// To who reads it; to the loader its rows do.
TEST(Search, AFindSaysTheProfileThatItWasFoundUnder) {
  auto target = remapping();
  const Find find{{step_of("vmm", "vm0.mapping", "swap", {"vm0.page.secret", "vm0.page.decoy"})}, {}, {}, 0, 0, 0};
  EXPECT_EQ(file_text(target, find).find("profile"), std::string::npos);
  target.set["profile"] = "hardened";
  EXPECT_NE(file_text(target, find).find("found under the profile hardened"), std::string::npos);
}

TEST(Search, AGuestThatBreaksItsPromiseAloneIsNotExplored) {
  auto target = remapping();
  target.stage.run = [](const engine::Run&) {
    engine::Verdict verdict;
    verdict.outcome = engine::Outcome::kBroken;
    verdict.breaches.push_back({trust::Promise::kIntegrity, "fabricated", 0});
    return verdict;
  };
  EXPECT_THROW(Search(target, {}), base::UserError);
}

}  // namespace
}  // namespace explore
