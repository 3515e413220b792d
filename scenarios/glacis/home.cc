#include "scenarios/glacis/home.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "platform/base/user_error.h"
#include "scenarios/gateway/guest_process.h"
#include "scenarios/gateway/tpm_process.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/names.h"
#include "scenarios/load/scenario_loader.h"

namespace glacis {

namespace fs = std::filesystem;

Home::Home() {
  const char* top = std::getenv("GLACIS_HOME");
  top_ = top && *top ? top : ".";
}

std::vector<std::string> files_under(const std::string& folder, std::string_view ending) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file(error) && it->path().string().ends_with(ending)) out.push_back(it->path().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> Home::scenario_files() const { return files_under(catalogue(), ".yaml"); }

std::vector<std::string> Home::machine_files() const {
  std::vector<std::string> out;
  auto platforms = scenarios() + "/machines/platforms/";
  for (const auto& file : files_under(scenarios() + "/machines", ".yaml"))
    if (!file.starts_with(platforms)) out.push_back(file.substr(scenarios().size() + 1));
  return out;
}

load::Scenario Home::scenario(const std::string& path_or_id) const {
  std::error_code error;
  bool is_id = path_or_id.find_first_of("/.") == path_or_id.npos && !fs::exists(path_or_id, error);
  if (!is_id) return load::load_scenario(path_or_id, engine::vocabulary());
  load::Names known;
  for (const auto& file : scenario_files()) {
    if (fs::path(file).stem() == path_or_id) return load::load_scenario(file, engine::vocabulary());
    known.patterns.push_back(fs::path(file).stem());
  }
  const std::string wrong = "there is no file and no scenario `" + path_or_id + "`";
  if (fs::exists(path_or_id + ".yaml", error)) throw base::UserError(wrong + "; did you mean `" + path_or_id + ".yaml`?");
  if (load::Names(engine::vocabulary().platforms).has(path_or_id))
    throw base::UserError(wrong + "; of several platforms, each has a --platform of its own");
  throw base::UserError(wrong + load::advice(path_or_id, known));
}

std::vector<load::Scenario> Home::all_scenarios() const {
  std::vector<load::Scenario> out;
  for (const auto& file : scenario_files()) out.push_back(load::load_scenario(file, engine::vocabulary()));
  if (out.empty())
    throw base::UserError("no scenario under `" + catalogue() + "`; is GLACIS_HOME the repository's top?");
  return out;
}

load::Machine Home::machine(const load::Scenario& scenario, const std::string& platform, const load::ReadFile& read) const {
  if (scenario.machines.size() != 1)
    load::fail(scenario.file, scenario.machines.empty() ? load::Pos{1, 1} : scenario.machines[1].path.pos,
               "this version plays one machine");
  auto machine =
      load::load_machine(scenarios(), scenario.machines[0].path.value, platform, engine::machine_vocabulary(), read);
  load::lay_settings(machine, scenario.set, scenario.file, engine::machine_vocabulary());
  return machine;
}

std::vector<load::CatalogueRow> Home::catalogue_rows() const { return load::load_catalogue(catalogue() + "/attacks.csv"); }

report::Stage Home::stage() const {
  return {[](engine::Run run) {
            run.open_guest = gateway::open_guest;
            run.open_tpm = gateway::open_tpm;
            return engine::run(run);
          },
          [this](const load::Scenario& scenario, const std::string& platform) { return machine(scenario, platform); }};
}

}  // namespace glacis
