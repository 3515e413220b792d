// Whole worlds a second, one after another on one thread. A world here is one run of a scenario, file and machine
// already loaded: machine put together, firmware and launch with its cryptography, one guest to its end, the attack,
// the verdict, everything taken down. Each run has a seed of its own, so that no public-key operation is remembered.
//
// First `ciphertext-replay` on `sev`. Then one complete device assignment: `pcie/tlp-snoop` on `snp`, where nothing is
// refused, so that the guest attests the card, keys its stream, locks and starts it, computes with private DMA and is
// judged; beside `memory/host-read` on the same platform, a world without a device.
//
// Small worlds, as somebody who searches runs them: the same seed again and again, so that every public-key operation is remembered,
// which is checked. Their time, and what many of them leave in the memory of the process.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "platform/base/check.h"
#include "platform/crypto/memo.h"
#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr int kWorlds = 20;
constexpr int kRounds = 9;
constexpr double kSmallTarget = 1;       // ms
constexpr double kGrowthTarget = 0.01;
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
  void again(std::uint64_t times) {
    for (std::uint64_t i = 0; i < times; ++i) engine::run(run_);
  }

 private:
  decltype(load::load_scenario("", engine::vocabulary())) scenario_;
  decltype(load::load_machine("", "", "", engine::machine_vocabulary())) machine_;
  engine::Run run_;
};

// Milliseconds of one.
Row small_row(const std::string& file, const std::string& platform) {
  Worlds small(file, platform);
  small.again(1);
  const std::uint64_t before = crypto::memo_misses();
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) times.push_back(1e3 / kWorlds * seconds_of([&] { small.again(kWorlds); }));
  base::check(crypto::memo_misses() == before, "no public-key operation is computed");
  std::ranges::sort(times);
  const double time = times[kRounds / 2];
  const std::string id = file.substr(file.find('/') + 1, file.find('.') - file.find('/') - 1);
  return {"worlds: small, " + id + " on " + platform, time, kSmallTarget, time / kSmallTarget, "ms", "<= 1 ms", time <= kSmallTarget,
          "it is two worlds where the attack saw something and broke nothing, and each is launched and measured anew"};
}

double resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

// What all worlds but the first tenth added to the process, over what it had by then.
Row growth_row() {
  Worlds small("memory/ciphertext-replay.yaml", "sev");
  small.again(worlds_in_a_row / 10);
  const double before = resident_kib();
  small.again(worlds_in_a_row - worlds_in_a_row / 10);
  const double grown = (resident_kib() - before) / before;
  const std::string name = "worlds: memory after " + std::to_string(worlds_in_a_row) + " / a tenth";
  return {name, resident_kib(), before, 1 + grown, "KiB", "<= 1.01x", grown <= kGrowthTarget,
          "something keeps what worlds leave"};
}

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
  for (const char* platform : {"none", "sev", "snp", "tdx", "cca"}) rows.push_back(small_row("memory/host-read.yaml", platform));
  rows.push_back(growth_row());
}

}  // namespace bench
