// The whole catalogue on every platform that its files name, on two threads: once, and once more when the results of its public-key
// operations are remembered. Beside the target stand both the time on the wall, which other work on the machine lengthens, and half
// of the CPU time, which is what two cores of one's own take at best. What is timed is `glacis matrix` from the files on, without
// its table; the TPMs' own processes, of which the second has none, count on the wall alone.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "platform/base/check.h"
#include "scenarios/engine/engine.h"
#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/matrix.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr std::size_t kThreads = 2;
constexpr double kTarget = 3;  // seconds

std::string top() {
  const char* home = std::getenv("GLACIS_HOME");
  return std::string(home && *home ? home : ".") + "/scenarios";
}

std::vector<load::Scenario> catalogue() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top() + "/catalogue"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<load::Scenario> out;
  for (const auto& file : files) out.push_back(load::load_scenario(file, engine::vocabulary()));
  return out;
}

load::Machine machine_of(const load::Scenario& scenario, const std::string& platform) {
  auto machine = load::load_machine(top(), scenario.machines.at(0).path.value, platform, engine::machine_vocabulary());
  load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
  return machine;
}

struct Time {
  double wall = 0, cpu = 0;
};

Time play() {
  const auto start = std::chrono::steady_clock::now();
  const double cpu = seconds_of([] {
    const report::Stage stage{[](engine::Run run) {
                                run.open_tpm = gateway::open_tpm;
                                return engine::run(run);
                              },
                              machine_of};
    const auto matrix = report::run_matrix(stage, catalogue(), {}, {}, kThreads);
    base::check(report::agrees(matrix), "every cell is as its file expects");
  });
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), cpu};
}

}  // namespace

void matrix_rows(std::vector<Row>& rows) {
  const Time cold = play(), warm = play();
  const auto row = [&](const char* name, double seconds, const char* why) {
    rows.push_back({name, seconds, kTarget, seconds / kTarget, "s", *why ? "<= 3 s" : "", !*why || seconds <= kTarget, why});
  };
  constexpr char kWhy[] = "no one thing: malloc, mailboxes' configuration cycles, TLS handshakes, reading machine files";
  row("matrix: first, on the wall", cold.wall, "");
  row("matrix: warm, on the wall", warm.wall, kWhy);
  row("matrix: warm, CPU time / 2", warm.cpu / kThreads, kWhy);
}

}  // namespace bench
