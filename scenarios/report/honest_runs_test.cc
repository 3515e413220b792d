#include "scenarios/report/honest_runs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "platform/base/check.h"

namespace report {
namespace {

struct Asked : testing::Test {
  Asked() {
    scenario.guest = {{.vm = "vm0", .name = "", .program = {.value = "idle", .pos = {}}, .args = {"gpu0"}}};
    machine.parts["cpu0"] = {.name = "cpu0", .is = "cpu", .at = "", .attributes = {}, .place = {}};
    run.scenario = &scenario;
    run.machine = &machine;
    run.attack = false;
    stage.run = [this](const engine::Run& asked) {
      ++played;
      if (fails) throw base::Bug("no");
      engine::Verdict verdict;
      verdict.outcome = asked.attack ? engine::Outcome::kBroken : engine::Outcome::kHeld;
      return verdict;
    };
  }
  load::Scenario scenario;
  load::Machine machine;
  engine::Run run;
  Stage stage;
  std::atomic<int> played = 0;
  bool fails = false;
};

TEST_F(Asked, TheSameHonestRunOfTwoFilesIsPlayedOnce) {
  HonestRuns runs(stage);
  const Stage shared = runs.sharing();
  load::Scenario other = scenario;
  other.id = "other";
  EXPECT_EQ(shared.run(run).outcome, engine::Outcome::kHeld);
  run.scenario = &other;
  EXPECT_EQ(shared.run(run).outcome, engine::Outcome::kHeld);
  EXPECT_EQ(played, 1);
  EXPECT_EQ(runs.spared(), 1u);
}

TEST_F(Asked, WhateverARunDependsOnMakesItAnother) {
  HonestRuns runs(stage);
  const Stage shared = runs.sharing();
  (void)shared.run(run);
  auto one = run;
  one.seed = 2;
  (void)shared.run(one);
  one = run;
  one.platform = "snp";
  (void)shared.run(one);
  one = run;
  one.set["profile"] = "hardened";
  (void)shared.run(one);
  scenario.guest[0].args = {"gpu0", "twice"};
  (void)shared.run(run);
  scenario.guest[0].args = {"gpu0twice"};
  (void)shared.run(run);
  machine.parts["cpu0"].attributes["technology"] = {.texts = {"sev-snp"}, .number = {}, .place = {}};
  (void)shared.run(run);
  EXPECT_EQ(played, 7);
}

TEST_F(Asked, AttacksLiftsWeatherAndRetriesAreAlwaysPlayed) {
  HonestRuns runs(stage);
  const Stage shared = runs.sharing();
  for (int i = 0; i < 2; ++i) {
    auto one = run;
    one.attack = true;
    (void)shared.run(one);
    one = run;
    one.lift = {"rmp.access.gpa"};
    (void)shared.run(one);
    one = run;
    one.weather = {"interrupted"};
    (void)shared.run(one);
    one = run;
    one.afterwards = true;
    (void)shared.run(one);
  }
  EXPECT_EQ(played, 8);
  EXPECT_EQ(runs.spared(), 0u);
}

TEST_F(Asked, AFailureIsEverybodysAndThreadsWaitForOneRun) {
  fails = true;
  HonestRuns failing(stage);
  EXPECT_THROW((void)failing.sharing().run(run), base::Bug);
  EXPECT_THROW((void)failing.sharing().run(run), base::Bug);
  fails = false;
  played = 0;
  HonestRuns runs(stage);
  const Stage shared = runs.sharing();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(shared.run(run).outcome, engine::Outcome::kHeld); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(played, 1);
}

}  // namespace
}  // namespace report
