#include "scenarios/report/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/load/names.h"

namespace report {

namespace {

// X is a loss of progress, which we record as stopped or held.
bool same(std::string_view catalogue, const std::string& observed) {
  return observed == catalogue || (catalogue == "stopped" && observed == "held");
}

std::string source_for(const load::Scenario& scenario, const std::string& platform, const std::string& observed) {
  for (const auto& source : scenario.sources) {
    const auto says = source.says.find(platform);
    if (says != source.says.end() && says->second.value == observed) return source.cite.value;
  }
  if (const auto why = scenario.n_a.find(platform); observed == "n/a" && why != scenario.n_a.end()) return why->second.value;
  return "";
}

const load::CatalogueRow& row_of(const load::Scenario& scenario, const std::vector<load::CatalogueRow>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == scenario.catalogue->value; });
  if (found != rows.end()) return *found;
  load::Names known;
  for (const auto& row : rows) known.patterns.push_back(row.id);
  const auto& at = scenario.catalogue->pos;
  throw base::UserError(fmt::format("{}:{}:{}: the catalogue has no row `{}`{}", scenario.file, at.line, at.column,
                                    scenario.catalogue->value, load::advice(scenario.catalogue->value, known)));
}

}  // namespace

std::vector<Difference> compare_with_catalogue(Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                                               const std::vector<load::CatalogueRow>& rows) {
  std::vector<Difference> out;
  for (const auto& scenario : scenarios) {
    if (!scenario.catalogue) continue;
    const auto& row = row_of(scenario, rows);
    for (auto& cell : matrix.cells) {
      const auto said = row.cells.find(cell.platform);
      if (cell.attack != scenario.id || said == row.cells.end() || cell.observed == kUnplayed) continue;
      const std::string outcome(load::outcome_of(said->second.baseline));
      if (same(outcome, cell.observed)) continue;
      Difference difference{cell.attack, cell.platform, outcome, cell.observed, row.verified.contains(cell.platform),
                            source_for(scenario, cell.platform, cell.observed)};
      if (!difference.explained()) {
        cell.agrees = false;
        cell.mismatches.push_back(fmt::format("the catalogue has a source for {}, and no source here says {}", outcome, cell.observed));
      }
      out.push_back(std::move(difference));
    }
  }
  return out;
}

std::string text_of(const std::vector<Difference>& differences) {
  std::string out;
  for (const auto& d : differences)
    out += fmt::format("~ {} {}: observed {}; the catalogue says {} ({}){}\n", d.attack, d.platform, d.observed, d.catalogue,
                       d.verified ? "from a source" : "recalled", d.source.empty() ? "" : "; as here: " + d.source);
  if (!differences.empty()) out += fmt::format("{} cells differ from the catalogue\n", differences.size());
  return out;
}

}  // namespace report
