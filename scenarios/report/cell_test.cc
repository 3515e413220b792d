#include "scenarios/report/cell.h"

#include <gtest/gtest.h>

#include "scenarios/report/kill_matrix.h"
#include "scenarios/report/test_stage.h"

namespace report {
namespace {

TEST(Cell, AgreesAndLiftsWhatByNames) {
  auto cell = evaluate(fake_stage(), fake_scenario(), "snp");
  EXPECT_TRUE(cell.agrees);
  EXPECT_EQ(cell.observed, "blocked");
  EXPECT_EQ(cell.defence, std::vector<std::string>{"wall"});
  EXPECT_EQ(cell.runs, 3u);  // attack, honest, without wall
}

TEST(Cell, BrokenAsExpectedAgrees) {
  auto cell = evaluate(fake_stage(), fake_scenario(), "none");
  EXPECT_TRUE(cell.agrees);
  EXPECT_EQ(cell.promise, std::vector<std::string>{"integrity"});
}

TEST(Cell, EachPartOfARowIsCompared) {
  for (auto spoil : std::vector<void (*)(load::Row&)>{
           [](load::Row& row) { row.outcome = text("detected"); }, [](load::Row& row) { row.by = {text("moat")}; },
           [](load::Row& row) { row.at = text("mem0"); }, [](load::Row& row) { row.promise = {text("freshness")}; },
           [](load::Row& row) { row.ends["vm0"] = text("done"); }}) {
    auto scenario = fake_scenario();
    spoil(scenario.expect[1]);
    EXPECT_FALSE(evaluate(fake_stage(), scenario, "snp").agrees);
  }
}

TEST(Cell, ABrokenPromiseWhereNothingWasExpectedDisagrees) {
  auto scenario = fake_scenario();
  scenario.expect.clear();
  EXPECT_FALSE(evaluate(fake_stage(), scenario, "none").agrees);
  EXPECT_TRUE(evaluate(fake_stage(), scenario, "snp").agrees);
}

TEST(Cell, AnIdleDefenceDisagrees) {
  auto stage = fake_stage();
  stage.run = [](const engine::Run& run) { return run.attack ? blocked_by("wall") : engine::Verdict{}; };
  EXPECT_FALSE(evaluate(stage, fake_scenario(), "snp").agrees);
}

TEST(Cell, TheHonestRunMustBeHeld) {
  auto stage = fake_stage();
  auto honest = stage.run;
  stage.run = [honest](const engine::Run& run) { return run.attack ? honest(run) : blocked_by("wall"); };
  EXPECT_FALSE(evaluate(stage, fake_scenario(), "none").agrees);
}

engine::Verdict retried(engine::Verdict verdict, const std::string& end) {
  verdict.retry = engine::Retry{};
  if (!end.empty()) verdict.retry->ends["vm0"] = end;
  return verdict;
}

load::Scenario with_retry() {
  auto scenario = fake_scenario();
  scenario.afterwards = load::Afterwards{};
  scenario.afterwards->ends["vm0"] = text("served");
  return scenario;
}

Stage retrying_stage(const std::function<void(engine::Verdict&)>& change) {
  auto stage = fake_stage();
  auto play = stage.run;
  stage.run = [play, change](const engine::Run& run) {
    if (!run.afterwards) return play(run);
    auto verdict = retried(play(run), "served");
    change(verdict);
    return verdict;
  };
  return stage;
}

TEST(Cell, AnHonestRetryIsPlayedWhereTheFileSaysHowItEnds) {
  auto cell = evaluate(retrying_stage([](engine::Verdict&) {}), with_retry(), "snp");
  EXPECT_TRUE(cell.agrees);
  EXPECT_EQ(cell.checks.at(1).label, "afterwards");
  EXPECT_EQ(cell.checks.at(1).observed, "vm0 served");
  auto without = with_retry();
  without.afterwards->why_none = text("the guest is dead");
  EXPECT_TRUE(evaluate(fake_stage(), without, "snp").agrees);
}

TEST(Cell, ARetryThatEndsOtherwiseOrBreaksSomethingDisagrees) {
  for (const auto& spoil : std::vector<std::function<void(engine::Verdict&)>>{
           [](engine::Verdict& verdict) { verdict.retry->ends["vm0"] = "corrupted"; },
           [](engine::Verdict& verdict) { verdict.retry->ends.clear(); },
           [](engine::Verdict& verdict) { verdict.retry->limit = "sim.time_max"; },
           [](engine::Verdict& verdict) { verdict.retry->breaches = broken().breaches; },
           [](engine::Verdict& verdict) { verdict.retry.reset(); }})
    EXPECT_FALSE(evaluate(retrying_stage(spoil), with_retry(), "snp").agrees);
}

TEST(Cell, SaysWhyARetryStopped) {
  auto cell = evaluate(retrying_stage([](engine::Verdict& verdict) {
                         verdict.retry->ends.clear();
                         verdict.retry->stopped["vm0"] = "the host keeps a page away";
                       }),
                       with_retry(), "snp");
  ASSERT_EQ(cell.mismatches.size(), 1u);
  EXPECT_EQ(cell.mismatches[0], "afterwards: vm0 stopped: the host keeps a page away, expected vm0 served");
}

TEST(Cell, WeatherMustChangeNeitherOutcomeNorDefenceNorPromise) {
  auto scenario = fake_scenario();
  scenario.weather = {text("rain")};
  EXPECT_TRUE(evaluate(fake_stage(), scenario, "snp").agrees);
  for (const auto& in_rain : {blocked_by("moat"), broken(), broken(trust::Promise::kFreshness), engine::Verdict{}}) {
    auto stage = fake_stage();
    auto calm = stage.run;
    stage.run = [calm, in_rain](const engine::Run& run) { return run.weather.empty() ? calm(run) : in_rain; };
    EXPECT_FALSE(evaluate(stage, scenario, "snp").agrees);
  }
}

TEST(Cell, EachSeedIsComparedWithTheRow) {
  auto scenario = fake_scenario();
  scenario.seeds = load::Number{3, {}};
  EXPECT_TRUE(evaluate(fake_stage(), scenario, "snp").agrees);
  auto stage = fake_stage();
  auto play = stage.run;
  stage.run = [play](const engine::Run& run) { return run.seed == 3 ? broken() : play(run); };
  EXPECT_FALSE(evaluate(stage, scenario, "snp").agrees);
}

TEST(Cell, AbsentPlatformIsNotRun) {
  auto scenario = fake_scenario();
  scenario.n_a["snp"] = text("no such thing");
  auto cell = evaluate(fake_stage(), scenario, "snp");
  EXPECT_EQ(cell.observed, "n/a");
  EXPECT_EQ(cell.runs, 0u);
}

TEST(KillMatrix, NamesTheKillerAndWhatNothingKills) {
  static constexpr trust::Defence kWall{"wall", "1", "Stands."}, kMoat{"moat", "2", "Is wet."};
  auto kills = kill_matrix(fake_stage(), {fake_scenario()}, {&kWall, &kMoat});
  ASSERT_EQ(kills.size(), 2u);
  EXPECT_EQ(kills[0].attack, "storm");
  EXPECT_EQ(kills[1].attack, "");
  EXPECT_FALSE(all_killed(kills));
}

}  // namespace
}  // namespace report
