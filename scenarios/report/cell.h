#pragma once
// One attack on one platform, with everything that its file says must be true there: the expected outcome under both
// profiles, the rows with defences lifted and with settings changed, and the honest run, which must be held.
#include <optional>
#include <string>
#include <vector>

#include "scenarios/report/stage.h"

namespace report {

// One run beside what was asked of it.
struct Check {
  std::string label;  // "expect", "hardened", "without rmp.access.gpa", "with cpu0.x: on", "honest"
  std::string expected;
  std::string observed;
  bool agrees = true;
};

inline constexpr const char* kUnplayed = "unplayed";

struct Cell {
  std::string attack;
  std::string platform;
  std::string observed;           // an outcome, "n/a", "error", or of a partial matrix kUnplayed
  std::string expected;           // an outcome, "n/a", or "" where the file states none
  std::string observed_hardened;  // "" where the file states nothing of the hardened profile
  std::string expected_hardened;
  std::string reason;  // of "n/a": what the file says of it
  bool agrees = true;
  std::vector<std::string> defence;  // what spoke
  std::vector<std::string> promise;  // what broke
  std::vector<std::string> mismatches;
  std::vector<Check> checks;
  std::size_t runs = 0;
};

// The worst variant of the file: the one whose outcome comes first in engine::Outcome. `runs` counts, where given.
engine::Verdict run_variants(const Stage& stage, const engine::Run& run, std::size_t* runs = nullptr);

// `verdict`, where given, receives that of the baseline run. A base::Bug of the engine becomes the cell's error.
Cell evaluate(const Stage& stage, const load::Scenario& scenario, const std::string& platform, std::uint64_t seed = 1,
              engine::Verdict* verdict = nullptr);

}  // namespace report
