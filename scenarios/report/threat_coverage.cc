#include "scenarios/report/threat_coverage.h"

#include <algorithm>

namespace report {

namespace {

bool attacks_from(const load::Scenario& scenario, const std::vector<std::string>& positions) {
  for (const auto& variant : scenario.variants)
    for (const auto& step : variant.steps)
      if (std::ranges::find(positions, step.by.value) != positions.end()) return true;
  return false;
}

}  // namespace

Coverage cover(const std::vector<load::Scenario>& scenarios) {
  Coverage out;
  for (const auto& threat : engine::threats()) {
    Covered item{&threat, {}};
    for (const auto& scenario : scenarios) {
      const bool named = std::ranges::any_of(scenario.threat, [&](const auto& text) { return text.value == threat.id; });
      if (named || attacks_from(scenario, threat.positions)) item.scenarios.push_back(scenario.id);
    }
    out.items.push_back(std::move(item));
  }
  for (const auto& scenario : scenarios)
    if (scenario.threat.empty()) out.untagged.push_back(scenario.id);
  return out;
}

std::vector<std::string> uncovered(const Coverage& coverage) {
  std::vector<std::string> out;
  for (const auto& item : coverage.items)
    if (item.scenarios.empty()) out.emplace_back(item.threat->id);
  return out;
}

}  // namespace report
