#include "scenarios/report/kill_matrix.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "scenarios/report/cell.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/json_text.h"
#include "scenarios/report/parallel.h"

namespace report {

namespace {

struct Try {
  const load::Scenario* scenario;
  std::string platform;  // "" where the machine fixes its own
  std::string profile;
  std::vector<std::string> lifted;
};

bool lifts(const load::Row& row, std::string_view id) {
  return std::any_of(row.lift.begin(), row.lift.end(), [&](const load::Text& text) { return text.value == id; });
}

void add_row(std::vector<Try>& out, const load::Scenario& scenario, const load::Row& row, std::string_view id) {
  for (const auto& platform : platforms_of(scenario)) {
    if (scenario.n_a.contains(platform) || !holds_on(row, platform)) continue;
    std::vector<std::string> others;
    for (const auto& text : row.lift)
      if (text.value != id) others.push_back(text.value);
    out.push_back({&scenario, platform, "hardened", others});
    if (profile_of(row) != "hardened") out.push_back({&scenario, platform, profile_of(row), others});
  }
}

std::vector<Try> tries_for(const std::vector<load::Scenario>& scenarios, std::string_view id) {
  std::vector<Try> out;
  for (const auto& scenario : scenarios)
    for (const auto& row : scenario.without)
      if (lifts(row, id)) add_row(out, scenario, row, id);
  // Where a file has no such rows the runner lifts what `by` names.
  for (const auto& scenario : scenarios)
    for (const auto& row : scenario.expect)
      if (scenario.without.empty() &&
          std::any_of(row.by.begin(), row.by.end(), [&](const load::Text& text) { return text.value == id; }))
        add_row(out, scenario, row, id);
  return out;
}

bool broken(const Stage& stage, const Try& one, const load::Machine& machine, std::vector<std::string> lift) {
  engine::Run run;
  run.scenario = one.scenario;
  run.machine = &machine;
  run.platform = one.platform.empty() ? machine.platform : one.platform;
  run.lift = std::move(lift);
  run.set["profile"] = one.profile;
  return run_variants(stage, run).outcome == engine::Outcome::kBroken;
}

Kill find_kill(const Stage& stage, const std::vector<load::Scenario>& scenarios, std::string_view id) {
  for (const auto& one : tries_for(scenarios, id)) {
    auto machine = stage.machine(*one.scenario, one.platform);
    auto with_it = one.lifted;
    with_it.emplace_back(id);
    if (!broken(stage, one, machine, with_it) || broken(stage, one, machine, one.lifted)) continue;
    auto platform = one.platform.empty() ? machine.platform : one.platform;
    return {std::string(id), one.scenario->id, platform, one.profile, one.lifted};
  }
  return {std::string(id), "", "", "", {}};
}

}  // namespace

std::vector<Kill> kill_matrix(const Stage& stage, const std::vector<load::Scenario>& scenarios,
                              const std::vector<const trust::Defence*>& defences, std::size_t threads_max) {
  std::vector<const trust::Defence*> liftable;
  for (const auto* defence : defences)
    if (defence->kind == trust::Kind::kDefence) liftable.push_back(defence);
  std::vector<Kill> out(liftable.size());
  for_each_job(out.size(), [&](std::size_t i) { out[i] = find_kill(stage, scenarios, liftable[i]->id); }, {}, threads_max);
  return out;
}

std::string table_of(const std::vector<Kill>& kills) {
  std::size_t width = 0, alive = 0;
  for (const auto& kill : kills) width = std::max(width, kill.defence.size());
  std::string out;
  for (const auto& kill : kills) {
    alive += kill.attack.empty();
    out += fmt::format("{:<{}}  ", kill.defence, width);
    if (kill.attack.empty()) {
      out += "! nothing kills it\n";
      continue;
    }
    out += fmt::format("{} on {} ({})", kill.attack, kill.platform, kill.profile);
    out += kill.lifted.empty() ? "\n" : ", also lifted: " + joined(kill.lifted) + "\n";
  }
  return out + fmt::format("{} defences: {} killed, {} not\n", kills.size(), kills.size() - alive, alive);
}

std::string json_of(const std::vector<Kill>& kills) {
  boost::json::array rows;
  for (const auto& kill : kills) {
    boost::json::object row{{"defence", kill.defence}, {"killed", !kill.attack.empty()}};
    if (!kill.attack.empty()) {
      row["attack"] = kill.attack;
      row["platform"] = kill.platform;
      row["profile"] = kill.profile;
      boost::json::array lifted;
      for (const auto& id : kill.lifted) lifted.emplace_back(id);
      row["lifted"] = std::move(lifted);
    }
    rows.push_back(std::move(row));
  }
  return indented(boost::json::object{{"format", 1}, {"defences", std::move(rows)}});
}

bool all_killed(const std::vector<Kill>& kills) {
  return std::none_of(kills.begin(), kills.end(), [](const Kill& kill) { return kill.attack.empty(); });
}

}  // namespace report
