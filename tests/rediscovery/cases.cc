#include "tests/rediscovery/cases.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/base/user_error.h"
#include "scenarios/gateway/guest_process.h"
#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace rediscovery {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, at);) {
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    if (!word.empty() || at == ',') out.push_back(word);
  }
  if (at == ',' && text.ends_with(at)) out.emplace_back();
  return out;
}

std::vector<load::Scenario> catalogue(const std::string& top) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(top + "/scenarios/catalogue"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::vector<load::Scenario> out;
  for (const auto& file : files) out.push_back(load::load_scenario(file, engine::vocabulary()));
  return out;
}

std::size_t shortest(const load::Scenario& scenario) {
  std::size_t out = ~std::size_t{0};
  for (const auto& variant : scenario.variants) out = std::min(out, variant.steps.size());
  return out;
}

// What the file says of the machine with nothing lifted. Where the attack succeeds there anyhow, a row says nothing of a defence.
bool holds(const load::Scenario& scenario, const std::string& platform, const std::string& profile) {
  for (const auto& row : scenario.expect) {
    const bool here = row.platforms.empty() || std::any_of(row.platforms.begin(), row.platforms.end(), [&](const auto& p) { return p.value == platform; });
    if (here && (row.profile ? row.profile->value : "baseline") == profile) return row.outcome.value != "broken";
  }
  return true;
}

}  // namespace

std::vector<Case> historic(const std::string& top) {
  const auto all = catalogue(top);
  const std::string path = top + "/tests/rediscovery/historic.csv";
  std::ifstream in(path);
  if (!in) throw base::UserError("cannot read `" + path + "`");
  std::vector<Case> out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto cells = split(line, ',');
    if (cells.size() != 6) throw base::UserError(path + ": six columns are wanted: " + line);
    Case one;
    one.name = cells[0], one.source = cells[1], one.scenario = cells[2], one.platform = cells[3], one.lift = split(cells[4], ' ');
    for (const auto& word : split(cells[5], ' ')) {
      const auto at = word.find('=');
      if (at == word.npos) throw base::UserError(path + ": a setting is part.name=value: " + line);
      if (word.starts_with("profile=")) one.profile = word.substr(at + 1);
      else one.set[word.substr(0, at)] = word.substr(at + 1);
    }
    const auto file = std::find_if(all.begin(), all.end(), [&](const auto& scenario) { return scenario.id == one.scenario; });
    if (file == all.end()) throw base::UserError(path + ": no scenario is called " + one.scenario);
    one.steps = shortest(*file);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Case> lifted(const std::string& top) {
  std::map<std::string, Case> best;
  for (const auto& scenario : catalogue(top))
    for (const auto& row : scenario.without) {
      if (row.outcome.value != "broken") continue;
      const auto platforms = row.platforms.empty() ? scenario.platforms : [&] {
        std::vector<std::string> names;
        for (const auto& platform : row.platforms) names.push_back(platform.value);
        return names;
      }();
      const std::string profile = row.profile ? row.profile->value : "baseline";
      const auto whole = std::find_if(platforms.begin(), platforms.end(), [&](const auto& platform) { return holds(scenario, platform, profile); });
      if (!platforms.empty() && whole == platforms.end()) continue;
      for (const auto& id : row.lift) {
        Case one;
        one.name = id.value, one.scenario = scenario.id, one.platform = platforms.empty() ? "" : *whole;
        for (const auto& other : row.lift) {
          one.lift.push_back(other.value);
          if (other.value != id.value) one.beside.push_back(other.value);
        }
        for (const auto& [key, value] : row.set) one.set[key] = value.value;
        one.profile = profile;
        one.steps = shortest(scenario);
        const auto known = best.find(id.value);
        const auto size = [](const Case& c) { return std::pair(c.lift.size(), c.steps); };
        if (known == best.end() || size(one) < size(known->second)) best[id.value] = std::move(one);
      }
    }
  std::vector<Case> out;
  for (auto& [id, one] : best) out.push_back(std::move(one));
  return out;
}

explore::Target target_of(const std::string& top, const Case& one, std::uint64_t seed) {
  explore::Target out;
  for (auto& scenario : catalogue(top))
    if (scenario.id == one.scenario) out.scenario = std::move(scenario);
  out.stage.run = [](engine::Run run) {
    run.open_guest = gateway::open_guest;
    run.open_tpm = gateway::open_tpm;
    return engine::run(run);
  };
  out.machine = load::load_machine(top + "/scenarios", out.scenario.machines.at(0).path.value, one.platform, engine::machine_vocabulary());
  load::lay_settings(out.machine, out.scenario.set, out.scenario.file, engine::machine_vocabulary());
  for (const auto& [key, value] : one.set) load::lay_settings(out.machine, {{key, {value, {1, 1}}}}, key, engine::machine_vocabulary());
  out.platform = one.platform.empty() ? out.machine.platform : one.platform;
  out.set = one.set;
  out.set["profile"] = one.profile;
  out.lift = one.lift;
  out.seed = seed;
  return out;
}

}  // namespace rediscovery
