// Whole worlds a second, one after another on one thread. A world here is one run of scenario `ciphertext-replay` on
// the platform `sev`, file and machine already loaded: machine put together, firmware and launch with its
// cryptography, one guest to its end, the attack, the verdict, everything taken down.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "tests/bench/row.h"

namespace bench {
namespace {

constexpr int kWorlds = 20;
constexpr int kRounds = 9;
constexpr double kWorldsTarget = 10;  // a second; a floor that a fallen engine misses, not an aim

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

void world_rows(std::vector<Row>& rows) {
  const char* home = std::getenv("GLACIS_HOME");
  const std::string top = std::string(home && *home ? home : ".") + "/scenarios";
  const auto scenario =
      load::load_scenario(top + "/catalogue/memory/ciphertext-replay.yaml", engine::vocabulary());
  auto machine = load::load_machine(top, scenario.machines.at(0).path.value, "sev", engine::machine_vocabulary());
  load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
  engine::Run run;
  run.scenario = &scenario;
  run.machine = &machine;
  run.platform = "sev";
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    const double start = seconds();
    for (int i = 0; i < kWorlds; ++i, ++run.seed) engine::run(run);
    rates.push_back(kWorlds / (seconds() - start));
  }
  std::sort(rates.begin(), rates.end());
  const double rate = rates[kRounds / 2];
  rows.push_back({"worlds: ciphertext-replay on sev", rate, kWorldsTarget, rate / kWorldsTarget, "worlds/s",
                  ">= 1x", rate >= kWorldsTarget});
}

}  // namespace bench
