#pragma once
// The repository's top as the command sees it: where scenarios and machines lie, and how they are loaded.
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load/catalogue_csv.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/report/stage.h"

namespace glacis {

inline constexpr std::string_view kVersion = "0.1.0";

class Home {
 public:
  // From GLACIS_HOME, else the current folder.
  Home();

  std::string scenarios() const { return top_ + "/scenarios"; }
  std::string catalogue() const { return scenarios() + "/catalogue"; }
  std::vector<std::string> scenario_files() const;  // of the catalogue, sorted
  std::vector<std::string> machine_files() const;   // relative to scenarios(), sorted
  // A file by its path, or one of the catalogue by its id.
  load::Scenario scenario(const std::string& path_or_id) const;
  std::vector<load::Scenario> all_scenarios() const;
  load::Machine machine(const load::Scenario& scenario, const std::string& platform, const load::ReadFile& read = {}) const;
  std::vector<load::CatalogueRow> catalogue_rows() const;
  report::Stage stage() const;

 private:
  std::string top_;
};

// The files under a folder whose names end so, sorted; none where there is no such folder.
std::vector<std::string> files_under(const std::string& folder, std::string_view ending);

}  // namespace glacis
