#include "tests/catalogue/cells.h"

#include <algorithm>
#include <filesystem>

#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/cell.h"
#include "scenarios/report/compare.h"

namespace catalogue {

std::vector<Cell> cells(const std::function<bool(std::size_t number)>& take) {
  const std::string root = "scenarios";
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/catalogue"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::vector<Cell> out;
  std::size_t number = 0;
  for (const auto& file : files) {
    const auto scenario = load::load_scenario(file, engine::vocabulary());
    for (const auto& platform : report::platforms_of(scenario)) {
      if (scenario.n_a.contains(platform) || (take && !take(number++))) continue;
      auto machine = load::load_machine(root, scenario.machines.at(0).path.value, platform, engine::machine_vocabulary());
      load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
      out.push_back({scenario, platform, machine});
    }
  }
  return out;
}

engine::Verdict play(const Cell& cell, const std::function<void(engine::Run&)>& alter) {
  engine::Run run;
  run.scenario = &cell.scenario;
  run.machine = &cell.machine;
  run.platform = cell.platform;
  run.afterwards = report::has_retry(cell.scenario);
  run.open_tpm = gateway::open_tpm;
  if (alter) alter(run);
  return report::run_variants({engine::run, {}}, run);
}

}  // namespace catalogue
