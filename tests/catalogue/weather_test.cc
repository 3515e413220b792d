// No weather and no seed decides an attack: every cell of the catalogue has the outcome, the defences and the broken
// promises of a calm run in each of them, and its honest retry holds there too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/cell.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/parallel.h"

namespace {

const std::string kRoot = "scenarios";
constexpr std::uint64_t kSeeds = 4;

struct CatalogueCell {
  load::Scenario scenario;
  std::string platform;
  load::Machine machine;
};

std::vector<CatalogueCell> all_cells() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot + "/catalogue"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::vector<CatalogueCell> out;
  for (const auto& file : files) {
    const auto scenario = load::load_scenario(file, engine::vocabulary());
    for (const auto& platform : report::platforms_of(scenario)) {
      if (scenario.n_a.contains(platform)) continue;
      const auto& file_of_machine = scenario.machines.at(0).path.value;
      auto machine = load::load_machine(kRoot, file_of_machine, platform, engine::machine_vocabulary());
      load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
      out.push_back({scenario, platform, machine});
    }
  }
  return out;
}

engine::Verdict play(const CatalogueCell& cell, const std::vector<std::string>& weather, std::uint64_t seed = 1) {
  engine::Run run;
  run.scenario = &cell.scenario;
  run.machine = &cell.machine;
  run.platform = cell.platform;
  run.seed = seed;
  run.afterwards = report::has_retry(cell.scenario);
  run.weather = weather;
  run.open_tpm = gateway::open_tpm;
  return report::run_variants({engine::run, {}}, run);
}

void expect_the_same(const CatalogueCell& cell, const engine::Verdict& calm, const engine::Verdict& other,
                     const std::string& under) {
  for (const auto& line : report::differences(other, calm))
    ADD_FAILURE() << cell.scenario.id << " on " << cell.platform << ", " << under << ": " << line;
  if (!report::has_retry(cell.scenario)) return;
  for (const auto& line : report::differences(other, *cell.scenario.afterwards))
    ADD_FAILURE() << cell.scenario.id << " on " << cell.platform << ", " << under << ", afterwards: " << line;
}

TEST(Weather, DecidesNoCell) {
  std::vector<std::string> all;
  for (const auto& weather : engine::weathers()) all.push_back(weather.name);
  ASSERT_GE(all.size(), 3u);
  const auto cells = all_cells();
  report::for_each_job(cells.size(), [&](std::size_t i) {
    const auto calm = play(cells[i], {});
    for (const auto& name : all) expect_the_same(cells[i], calm, play(cells[i], {name}), name);
    expect_the_same(cells[i], calm, play(cells[i], all), "all of it");
  });
}

TEST(Weather, DisturbsEveryRunThatItIsLaidOver) {
  std::size_t cells = 0;
  for (const auto& cell : all_cells()) {
    if (cell.scenario.id != "quote-tamper") continue;
    ++cells;
    const auto calm = play(cell, {});
    for (const auto& weather : engine::weathers()) {
      if (weather.name == "busy-memory") continue;  // a play names no addresses
      EXPECT_NE(play(cell, {weather.name}).trace, calm.trace) << weather.name;
    }
    EXPECT_EQ(play(cell, {"interrupted"}).trace, play(cell, {"interrupted"}).trace);
  }
  EXPECT_GE(cells, 1u);
}

TEST(Seed, DecidesNoCell) {
  const auto cells = all_cells();
  report::for_each_job(cells.size(), [&](std::size_t i) {
    const auto calm = play(cells[i], {});
    for (std::uint64_t seed = 2; seed <= kSeeds; ++seed)
      expect_the_same(cells[i], calm, play(cells[i], {}, seed), "seed " + std::to_string(seed));
  });
}

}  // namespace
