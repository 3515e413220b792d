// `glacis matrix` and `glacis kill-matrix`: the whole catalogue at once.
#include <unistd.h>

#include <fmt/format.h>

#include "scenarios/glacis/commands.h"
#include "scenarios/load/document.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/catalogue.h"
#include "scenarios/report/kill_matrix.h"
#include "scenarios/report/matrix.h"

namespace glacis {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string json, baseline, known;
  std::size_t jobs = 0;
};

std::vector<load::Scenario> scenarios_of(const Session& session, const std::vector<std::string>& files) {
  if (files.empty()) return session.home.all_scenarios();
  std::vector<load::Scenario> out;
  for (const auto& file : files) out.push_back(session.home.scenario(file));
  return out;
}

void matrix(Session& session, const Options& options) {
  // Both are read and looked through first: a wrong name or form should not cost a whole run.
  std::string old;
  std::set<std::string> known;
  if (!options.baseline.empty()) old = load::read_text(options.baseline);
  if (!options.known.empty()) known = report::parse_known(load::read_text(options.known), options.known);
  if (!options.baseline.empty()) (void)report::changes_since({}, old, options.baseline, known);
  auto scenarios = scenarios_of(session, options.files);
  std::vector<std::string> columns;
  for (const auto& platform : engine::platforms()) columns.push_back(platform.name);
  bool terminal = ::isatty(STDERR_FILENO) && ::isatty(STDOUT_FILENO);
  auto result = report::run_matrix(session.home.stage(), scenarios, columns, [&](std::size_t finished, std::size_t of) {
    if (terminal) fmt::print(stderr, "\r{}/{}{}", finished, of, finished == of ? "\r\033[K" : "");
  }, options.jobs);
  const auto differences = report::compare_with_catalogue(result, scenarios, session.home.catalogue_rows());
  fmt::print("{}{}", report::table_of(result), report::text_of(differences));
  if (!options.json.empty()) report::write_file(options.json, report::json_of(result));
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
  command->add_option("FILE", options->files, "only these scenarios");
  command->add_option("--json", options->json, "write one object for each cell");
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
    fmt::print("{}", report::table_of(kills));
    if (!json->empty()) report::write_file(*json, report::json_of(kills));
    if (!report::all_killed(kills)) session.exit_code = kDiffers;
  });
}

}  // namespace glacis
