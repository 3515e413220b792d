// The catalogue as a whole: every cell is as its file expects, and every run is the same run each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/cell.h"
#include "scenarios/report/kill_matrix.h"

namespace {

const std::string kRoot = "scenarios";

std::vector<load::Scenario> all_scenarios() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot + "/catalogue"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::vector<load::Scenario> out;
  for (const auto& file : files) out.push_back(load::load_scenario(file, engine::vocabulary()));
  return out;
}

load::Machine machine_of(const load::Scenario& scenario, const std::string& platform) {
  auto machine = load::load_machine(kRoot, scenario.machines.at(0).path.value, platform, engine::machine_vocabulary());
  load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
  return machine;
}

// Machines may have TPMs, each in a process of its own.
engine::Verdict played_by(engine::Run run) {
  run.open_tpm = gateway::open_tpm;
  return engine::run(run);
}

std::vector<std::string> played(const load::Scenario& scenario) {
  std::vector<std::string> out;
  for (const auto& platform : scenario.platforms)
    if (!scenario.n_a.contains(platform)) out.push_back(platform);
  return out;
}

TEST(Catalogue, EveryCellIsAsItsFileExpects) {
  const report::Stage stage{played_by, machine_of};
  std::size_t cells = 0;
  for (const auto& scenario : all_scenarios())
    for (const auto& platform : scenario.platforms) {
      const auto cell = report::evaluate(stage, scenario, platform);
      ++cells;
      EXPECT_TRUE(cell.agrees) << cell.attack << " on " << platform << ": " << cell.observed << ", expected " << cell.expected
                               << (cell.mismatches.empty() ? "" : "; " + cell.mismatches.front());
    }
  EXPECT_GE(cells, 270u);
}

TEST(Catalogue, TheSameSeedGivesTheSameBytes) {
  for (const auto& scenario : all_scenarios())
    for (const auto& platform : played(scenario)) {
      const auto machine = machine_of(scenario, platform);
      const engine::Run run{.scenario = &scenario, .machine = &machine, .platform = platform};
      const auto first = played_by(run), second = played_by(run);
      EXPECT_EQ(first.trace, second.trace) << scenario.id << " on " << platform;
      EXPECT_EQ(first.artifacts, second.artifacts) << scenario.id << " on " << platform;
    }
}

TEST(Catalogue, AnotherSeedGivesOtherKeysAndTheSameOutcome) {
  for (const auto& scenario : all_scenarios())
    for (const auto& platform : played(scenario)) {
      const auto machine = machine_of(scenario, platform);
      engine::Run run{.scenario = &scenario, .machine = &machine, .platform = platform};
      const auto first = played_by(run);
      run.seed = 2;
      const auto second = played_by(run);
      EXPECT_EQ(first.outcome, second.outcome) << scenario.id << " on " << platform;
      if (!first.artifacts.empty()) EXPECT_NE(first.artifacts, second.artifacts);
    }
}

TEST(Catalogue, AnAttackKillsEveryDefence) {
  std::vector<const trust::Defence*> defences;
  for (const auto* defence : engine::all_defences())
    if (defence->kind == trust::Kind::kDefence) defences.push_back(defence);
  EXPECT_GE(defences.size(), 115u);
  for (const auto& kill : report::kill_matrix({played_by, machine_of}, all_scenarios(), defences))
    EXPECT_FALSE(kill.attack.empty()) << kill.defence << " is killed by nothing";
}

}  // namespace
