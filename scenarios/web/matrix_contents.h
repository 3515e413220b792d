#pragma once
// What the matrix page shows. All is of the same scenarios, and lives as long as the page is made.
#include <string>
#include <vector>

#include "platform/trust/defence.h"
#include "scenarios/report/against.h"
#include "scenarios/report/kill_matrix.h"
#include "scenarios/report/matrix.h"
#include "scenarios/report/threat_coverage.h"

namespace web {

struct MatrixContents {
  const report::Matrix& matrix;
  const std::vector<load::Scenario>& scenarios;
  std::vector<std::string> columns;
  std::vector<load::CatalogueRow> rows;                // of attacks.csv
  std::vector<std::vector<report::Claimed>> claims;    // one list for each of `sources`
  std::vector<std::string> sources;
  std::vector<const trust::Defence*> defences;         // those to show
  std::vector<report::Kill> kills;                     // of those
  report::Coverage coverage;
};

// The page of an attack's runs, beside index.html; the fragment says of which platform.
std::string run_file(const std::string& attack);
// Whether anything of the attack is played, so that there is such a page.
bool has_run(const report::Matrix& matrix, const std::string& attack);
// "#platform=snp&profile=hardened"
std::string run_fragment(const std::string& platform, const std::string& profile);

}  // namespace web
