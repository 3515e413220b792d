// `glacis matrix` and `glacis kill-matrix`: the whole catalogue at once.
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/user_error.h"

#include "scenarios/exports/sarif.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/exports.h"
#include "scenarios/glacis/matrix_pages.h"
#include "scenarios/glacis/own_guest.h"
#include "scenarios/load/document.h"
#include "scenarios/load/names.h"
#include "scenarios/report/against.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/catalogue.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/junit.h"
#include "scenarios/report/kill_matrix.h"
#include "scenarios/report/matrix.h"
#include "scenarios/report/matrix_files.h"

namespace glacis {

namespace {

struct Options {
  std::vector<std::string> files, platforms;
  std::string json, csv, junit, sarif, baseline, known, against, html;
  std::optional<std::string> markdown;  // "" for standard output
  std::size_t jobs = 0;
};

std::vector<load::Scenario> scenarios_of(const Session& session, const std::vector<std::string>& files) {
  if (files.empty()) return session.home.all_scenarios();
  std::vector<load::Scenario> out;
  for (const auto& file : files_of(files)) out.push_back(session.home.scenario(file));
  return out;
}

// Only what plays on these platforms, and only there.
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

// The eight of the catalogue in its order, then what else the engine plays.
std::vector<std::string> columns() {
  std::vector<std::string> out(load::kCataloguePlatforms.begin(), load::kCataloguePlatforms.end());
  for (const auto& platform : engine::platforms())
    if (std::find(out.begin(), out.end(), platform.name) == out.end()) out.push_back(platform.name);
  return out;
}

void check_source(const std::string& source, const std::vector<load::Scenario>& scenarios) {
  load::Names known;
  known.patterns = report::source_keys(scenarios);
  if (known.has(source)) return;
  throw base::UserError(fmt::format("--against: unknown source `{}`{}; sources that say what came of an attack: {}", source,
                                    load::advice(source, known), fmt::join(known.patterns, ", ")));
}

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

void write_files(const Session& session, const Options& options, const report::Matrix& result, const std::vector<load::Scenario>& scenarios,
                 MatrixPages* pages, const std::string& text) {
  const auto wide = report::all_columns(result, columns());
  report::OutputFiles files;
  files.print(text);
  if (!options.json.empty()) files.add(options.json, report::json_of(result));
  if (!options.csv.empty()) files.add(options.csv, report::csv_of(result, scenarios, wide));
  if (!options.junit.empty()) files.add(options.junit, report::junit_of(result.cells));
  if (!options.sarif.empty()) files.add(options.sarif, sarif_of(result.cells, scenarios));
  if (options.markdown && !options.markdown->empty())
    files.add(*options.markdown, report::markdown_of(result, scenarios, wide));
  if (pages)
    pages->add_to(files, session.home, result, scenarios,
                  {options.platforms.empty() ? wide : result.platforms, options.files.empty() && options.platforms.empty(), options.jobs});
  files.commit();
}

void matrix(Session& session, const Options& options) {
  // All names are looked through first: a wrong one should not cost a whole run.
  std::string old;
  std::set<std::string> known;
  if (options.markdown) check_output(*options.markdown);
  if (options.markdown && options.markdown->empty() && !options.against.empty())
    throw base::UserError("--markdown without FILE and --against would print over each other; name a FILE");
  if (!options.baseline.empty()) old = load::read_text(options.baseline);
  if (!options.known.empty()) known = report::parse_known(load::read_text(options.known), options.known);
  if (!options.baseline.empty()) (void)report::changes_since({}, old, options.baseline, known);
  auto scenarios = scenarios_of(session, options.files);
  if (!options.platforms.empty()) keep_platforms(session.home, scenarios, options.platforms);
  const bool named = std::ranges::any_of(scenarios, [](const auto& scenario) { return scenario.catalogue.has_value(); });
  const auto rows = named ? session.home.catalogue_rows() : std::vector<load::CatalogueRow>{};
  if (!options.against.empty()) {
    check_source(options.against, scenarios);
    scenarios = report::spoken_of_by(options.against, scenarios);
  }
  std::optional<MatrixPages> pages;
  report::MakeCell make;
  if (!options.html.empty()) {
    pages.emplace(options.html, scenarios);
    make = [&pages](const auto& stage, const auto& scenario, const auto& platform) { return pages->make_cell(stage, scenario, platform); };
  }
  bool terminal = ::isatty(STDERR_FILENO) && ::isatty(STDOUT_FILENO);
  auto result = report::run_matrix(session.home.stage(), scenarios, columns(), [&](std::size_t finished, std::size_t of) {
    if (terminal) fmt::print(stderr, "\r{}/{}{}", finished, of, finished == of ? "\r\033[K" : "");
  }, options.jobs, make);
  const auto differences = report::compare_with_catalogue(result, scenarios, rows);
  std::string text;
  if (!options.against.empty())
    text = report::text_of(options.against, report::claims_of(options.against, result, scenarios, rows, report::all_columns(result, columns())));
  else if (options.markdown && options.markdown->empty())
    text = report::markdown_of(result, scenarios, report::all_columns(result, columns()));
  else
    text = report::table_of(result) + report::text_of(differences);
  write_files(session, options, result, scenarios, pages ? &*pages : nullptr, text);
  if (options.baseline.empty()) {
    for (const auto& cell : result.cells)
      if (!cell.agrees && !known.contains(cell.attack + " " + cell.platform)) session.exit_code = kDiffers;
    return;
  }
  auto changes = report::changes_since(result, old, options.baseline, known);
  for (const auto& line : changes.lines) fmt::print("{}\n", line);
  fmt::print("{} changes since {}\n", changes.lines.size(), options.baseline);
  if (changes.regression) session.exit_code = kDiffers;
}

}  // namespace

void add_matrix(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("matrix", "every attack on every platform, observed against expected");
  command->add_option("FILE", options->files, "only these scenarios, or those of these folders");
  command->add_option("--platform", options->platforms, "only these platforms")->allow_extra_args(false);
  command->add_option_function<std::string>("--html", [options](const std::string& folder) {
    if (folder.empty()) throw base::UserError("--html wants a folder");
    options->html = folder;
  }, "write pages into this folder: index.html, where each cell opens its run")->type_name("DIR");
  command->add_option("--json", options->json, "write one object for each cell, with the reason of each n/a");
  command->add_option("--csv", options->csv, "write one line for each attack, one column for each platform");
  command->add_option("--junit", options->junit, "write the results as JUnit XML, a case for each check");
  command->add_option("--sarif", options->sarif, "write what differs as SARIF 2.1.0, for annotations in CI");
  command
      ->add_option_function<std::vector<std::string>>(
          "--markdown", [options](const std::vector<std::string>& file) { options->markdown = file.empty() ? "" : file.front(); },
          "write a page of tables; without FILE print it instead of the table")
      ->expected(0, 1)
      ->type_name("[FILE]");
  command->add_option("--against", options->against,
                      "a key of the files' `sources:`, or `catalogue`: what it says beside what was observed; a difference is "
                      "told, and no failure (exit code 1 is for cells that differ from their files)")
      ->type_name("SOURCE");
  command->add_option("--baseline", options->baseline,
                      "an older --json; tells what changed, exit code 1 on a regression");
  command->add_option("--known", options->known, "a file of known failures, `attack platform` a line");
  command->add_option("-j,--jobs", options->jobs, "threads (default: one for each core)")->check(CLI::Range(1, 256));
  command->callback([&session, options] { matrix(session, *options); });

  auto json = std::make_shared<std::string>();
  auto* kill = app.add_subcommand("kill-matrix", "the attack that succeeds when a defence is lifted, for each defence");
  kill->add_option("--json", *json, "write one object for each defence");
  kill->callback([&session, json] {
    auto kills = report::kill_matrix(session.home.stage(), session.home.all_scenarios(), engine::all_defences());
    report::OutputFiles files;
    files.print(report::table_of(kills));
    if (!json->empty()) files.add(*json, report::json_of(kills));
    files.commit();
    if (!report::all_killed(kills)) session.exit_code = kDiffers;
  });
}

}  // namespace glacis
