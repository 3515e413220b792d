// Whole worlds a second, one after another on one thread. A world here is one run of a scenario, file and machine
// already loaded: machine put together, firmware and launch with its cryptography, one guest to its end, the attack,
// the verdict, everything taken down. Each run has a seed of its own, so that no public-key operation is remembered.
//
// First `ciphertext-replay` on `sev`. Then one complete device assignment: `pcie/tlp-snoop` on `snp`, where nothing is
// refused, so that the guest attests the card, keys its stream, locks and starts it, computes with private DMA and is
// judged; beside `memory/host-read` on the same platform, a world without a device.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr int kWorlds = 20;
constexpr int kRounds = 9;
constexpr double kWorldsTarget = 10;  // a second; a floor that a fallen engine misses, not an aim

std::string top() {
  const char* home = std::getenv("GLACIS_HOME");
  return std::string(home && *home ? home : ".") + "/scenarios";
}

// One scenario on one platform, to be run again and again.
class Worlds {
 public:
  Worlds(const std::string& file, const std::string& platform)
      : scenario_(load::load_scenario(top() + "/catalogue/" + file, engine::vocabulary())),
        machine_(load::load_machine(top(), scenario_.machines.at(0).path.value, platform,
                                    engine::machine_vocabulary())) {
    load::lay_settings(machine_, scenario_.set, scenario_.file, engine::machine_vocabulary());
    run_.scenario = &scenario_;
    run_.machine = &machine_;
    run_.platform = platform;
  }
  void pass() {
    for (int i = 0; i < kWorlds; ++i, ++run_.seed) engine::run(run_);
  }

 private:
  decltype(load::load_scenario("", engine::vocabulary())) scenario_;
  decltype(load::load_machine("", "", "", engine::machine_vocabulary())) machine_;
  engine::Run run_;
};

}  // namespace

void world_rows(std::vector<Row>& rows) {
  Worlds replay("memory/ciphertext-replay.yaml", "sev");
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) rates.push_back(kWorlds / seconds_of([&] { replay.pass(); }));
  std::sort(rates.begin(), rates.end());
  const double rate = rates[kRounds / 2];
  rows.push_back({"worlds: ciphertext-replay on sev", rate, kWorldsTarget, rate / kWorldsTarget, "worlds/s",
                  ">= 1x", rate >= kWorldsTarget});

  Worlds assignment("pcie/tlp-snoop.yaml", "snp"), bare("memory/host-read.yaml", "snp");
  const Turns turns = in_turns(kRounds, [&] { assignment.pass(); }, [&] { bare.pass(); });
  rows.push_back({"worlds: device assignment / no device", kWorlds / turns.ours, kWorlds / turns.baseline,
                  1 / turns.ratio, "worlds/s", "", true});
}

}  // namespace bench
