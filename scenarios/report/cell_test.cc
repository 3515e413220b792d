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
