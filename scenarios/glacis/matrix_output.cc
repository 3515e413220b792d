#include "scenarios/glacis/matrix_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/exports/sarif.h"
#include "scenarios/glacis/exports.h"
#include "scenarios/load/document.h"
#include "scenarios/load/names.h"
#include "scenarios/report/against.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/junit.h"
#include "scenarios/report/matrix_files.h"

namespace glacis {

namespace {

// A word after --markdown is its FILE, and must not cost anyone a scenario.
void check_output(const std::string& file) {
  if (file.ends_with(".yaml"))
    throw base::UserError("--markdown would write over `" + file + "`; name scenarios before the options");
}

std::string sarif_of(const std::vector<report::Cell>& cells, const std::vector<load::Scenario>& scenarios) {
  std::vector<exports::Judged> judged;
  for (const auto& cell : cells) {
    const auto found = std::ranges::find(scenarios, cell.attack, &load::Scenario::id);
    if (found != scenarios.end()) judged.push_back({&*found, &cell, uri_of_file(found->file)});
  }
  return exports::sarif_of(judged, kVersion);
}

}  // namespace

void add_output_options(CLI::App& command, MatrixOutput& output) {
  command.add_option("--json", output.json, "write one object for each cell, with the reason of each n/a");
  command.add_option("--csv", output.csv, "write one line for each attack, one column for each platform");
  command.add_option("--junit", output.junit, "write the results as JUnit XML, a case for each check");
  command.add_option("--sarif", output.sarif, "write what differs as SARIF 2.1.0, for annotations in CI");
  command
      .add_option_function<std::vector<std::string>>(
          "--markdown", [&output](const std::vector<std::string>& file) { output.markdown = file.empty() ? "" : file.front(); },
          "write a page of tables; without FILE print it instead of the table")
      ->expected(0, 1)
      ->type_name("[FILE]");
  command.add_option("--baseline", output.baseline, "an older --json; tells what changed, exit code 1 on a regression");
  command.add_option("--known", output.known, "a file of known failures, `attack platform` a line");
}

std::vector<std::string> columns() {
  std::vector<std::string> out(load::kCataloguePlatforms.begin(), load::kCataloguePlatforms.end());
  for (const auto& platform : engine::platforms())
    if (std::find(out.begin(), out.end(), platform.name) == out.end()) out.push_back(platform.name);
  return out;
}

std::vector<load::CatalogueRow> rows_for(const Home& home, const std::vector<load::Scenario>& scenarios) {
  const bool named = std::ranges::any_of(scenarios, [](const auto& scenario) { return scenario.catalogue.has_value(); });
  return named ? home.catalogue_rows() : std::vector<load::CatalogueRow>{};
}

void keep_platforms(const Home& home, std::vector<load::Scenario>& scenarios, const std::vector<std::string>& wanted) {
  const load::Names known(engine::vocabulary().platforms);
  for (const auto& name : wanted)
    if (!known.has(name)) throw base::UserError(fmt::format("unknown platform `{}`{}", name, load::advice(name, known)));
  const auto unwanted = [&](const std::string& name) { return std::ranges::find(wanted, name) == wanted.end(); };
  for (auto& scenario : scenarios) {
    std::erase_if(scenario.platforms, unwanted);
    std::erase_if(scenario.n_a, [&](const auto& one) { return unwanted(one.first); });
  }
  std::erase_if(scenarios, [&](const auto& one) {
    return one.has_platforms ? one.platforms.empty() && one.n_a.empty() : unwanted(home.machine(one, "").platform);
  });
  if (scenarios.empty()) throw base::UserError("--platform: no file plays on " + report::joined(wanted));
}

MatrixTeller::MatrixTeller(const MatrixOutput& output) : output_(output) {
  if (output.markdown) check_output(*output.markdown);
  if (output.markdown && output.markdown->empty() && !output.against.empty())
    throw base::UserError("--markdown without FILE and --against would print over each other; name a FILE");
  if (!output.baseline.empty()) old_ = load::read_text(output.baseline);
  if (!output.known.empty()) known_ = report::parse_known(load::read_text(output.known), output.known);
  if (!output.baseline.empty()) (void)report::changes_since({}, old_, output.baseline, known_);
}

void MatrixTeller::tell(Session& session, report::Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                        const std::optional<report::Shard>& shard, const Pages& pages) const {
  const auto differences = report::compare_with_catalogue(matrix, scenarios, rows_for(session.home, scenarios));
  write(session, matrix, scenarios, pages, text_of(session.home, matrix, scenarios, differences, shard));
  if (output_.baseline.empty()) {
    for (const auto& cell : matrix.cells)
      if (!cell.agrees && !known_.contains(cell.attack + " " + cell.platform)) session.exit_code = kDiffers;
    return;
  }
  const auto changes = report::changes_since(matrix, old_, output_.baseline, known_);
  for (const auto& line : changes.lines) fmt::print("{}\n", line);
  fmt::print("{} changes since {}\n", changes.lines.size(), output_.baseline);
  if (changes.regression || matrix.unplayed != 0) session.exit_code = kDiffers;
}

std::string MatrixTeller::text_of(const Home& home, const report::Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                                  const std::vector<report::Difference>& differences, const std::optional<report::Shard>& shard) const {
  const auto wide = report::all_columns(matrix, columns());
  if (!output_.against.empty())
    return report::text_of(output_.against, report::claims_of(output_.against, matrix, scenarios, rows_for(home, scenarios), wide));
  if (output_.markdown && output_.markdown->empty()) return report::markdown_of(matrix, scenarios, wide);
  if (shard) return fmt::format("shard {}: {}", report::text_of(*shard), report::summary_of(matrix));
  return report::table_of(matrix) + report::text_of(differences);
}

void MatrixTeller::write(const Session& session, const report::Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                         const Pages& pages, const std::string& text) const {
  const auto wide = report::all_columns(matrix, columns());
  report::OutputFiles files;
  files.print(text);
  if (!output_.json.empty()) files.add(output_.json, report::json_of(matrix));
  if (!output_.csv.empty()) files.add(output_.csv, report::csv_of(matrix, scenarios, wide));
  if (!output_.junit.empty()) files.add(output_.junit, report::junit_of(matrix.cells));
  if (!output_.sarif.empty()) files.add(output_.sarif, sarif_of(matrix.cells, scenarios));
  if (output_.markdown && !output_.markdown->empty()) files.add(*output_.markdown, report::markdown_of(matrix, scenarios, wide));
  if (pages.pages) {
    auto shown = pages.shown;
    shown.columns = pages.narrow ? matrix.platforms : wide;
    pages.pages->add_to(files, session.home, matrix, scenarios, shown);
  }
  files.commit();
}

}  // namespace glacis
