// `glacis matrix`, `glacis merge` and `glacis kill-matrix`: the whole catalogue at once, or in shards.
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/user_error.h"

#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/explore_command.h"
#include "scenarios/glacis/interrupts.h"
#include "scenarios/glacis/matrix_output.h"
#include "scenarios/glacis/own_guest.h"
#include "scenarios/glacis/whole.h"
#include "scenarios/load/names.h"
#include "scenarios/report/against.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/kill_matrix.h"
#include "scenarios/report/matrix_cells.h"
#include "scenarios/report/part_file.h"

namespace glacis {

namespace {

struct Options {
  std::vector<std::string> files, platforms;
  MatrixOutput output;
  std::string html, part;
  bool films = false;
  std::optional<report::Shard> shard;
  std::size_t jobs = 0;
  std::uint64_t checkpoint = std::chrono::seconds(report::kCheckpointEvery).count();
};

struct MergeOptions {
  std::vector<std::string> parts;
  std::string out;  // of searches
  std::string html;
  MatrixOutput output;
  bool partial = false;
};

constexpr const char* kKind = "matrix";
constexpr const char* kFilms = "films";  // the option of a whole whose parts hold them

std::vector<load::Scenario> scenarios_of(const Session& session, const std::vector<std::string>& files) {
  if (files.empty()) return session.home.all_scenarios();
  std::vector<load::Scenario> out;
  for (const auto& file : files_of(files)) out.push_back(session.home.scenario(file));
  return out;
}

void check_source(const std::string& source, const std::vector<load::Scenario>& scenarios) {
  load::Names known;
  known.patterns = report::source_keys(scenarios);
  if (known.has(source)) return;
  throw base::UserError(fmt::format("--against: unknown source `{}`{}; sources that say what came of an attack: {}", source,
                                    load::advice(source, known), fmt::join(known.patterns, ", ")));
}

// What shows a whole matrix would show a shard's holes.
void check_shard(const Options& options) {
  const auto refuse = [](bool given, std::string_view option) {
    if (given) throw base::UserError(fmt::format("{} is of a whole matrix: play the shards with --part, and give it to `glacis merge`", option));
  };
  if (options.shard) {
    refuse(!options.output.csv.empty(), "--csv");
    refuse(options.output.markdown.has_value(), "--markdown");
    refuse(!options.output.baseline.empty(), "--baseline");
  }
  if (options.films && options.part.empty()) throw base::UserError("--films are kept in a part: name one with --part");
  if (!options.shard && options.part.empty()) return;
  if (!options.html.empty())
    throw base::UserError("--html needs the films of all runs: play the shards with --part and --films, and give --html to `glacis merge`");
  if (!options.output.against.empty()) throw base::UserError("--against takes its own selection of files; run it without --shard and --part");
}

// Files are named when they are all of the selection, in its order; the whole catalogue needs no names.
report::Whole whole_matrix(const Home& home, const std::vector<load::Scenario>& scenarios, bool is_catalogue,
                           const std::vector<std::string>& platforms, std::size_t cells, bool films) {
  std::vector<std::string> names;
  if (!is_catalogue)
    for (const auto& scenario : scenarios) names.push_back(portable_name(home, scenario.file));
  std::map<std::string, std::vector<std::string>> options = {{"files", names}, {"platforms", platforms}};
  if (films) options[kFilms] = {"kept"};
  auto out = whole_of(home, kKind, scenarios, std::move(options));
  out.items = cells;
  return out;
}

void matrix(Session& session, const Options& options) {
  check_shard(options);
  const MatrixTeller teller(options.output);
  auto scenarios = scenarios_of(session, options.files);
  if (!options.platforms.empty()) keep_platforms(session.home, scenarios, options.platforms);
  (void)rows_for(session.home, scenarios);
  if (!options.output.against.empty()) {
    check_source(options.output.against, scenarios);
    scenarios = report::spoken_of_by(options.output.against, scenarios);
  }
  MatrixFilms films;
  std::optional<MatrixPages> pages;
  report::Playing playing{.threads_max = options.jobs};
  if (!options.html.empty()) pages.emplace(options.html, scenarios, films);
  if (pages || options.films)
    playing.make = [&films](const auto& stage, const auto& scenario, const auto& platform) { return films.make_cell(stage, scenario, platform); };
  const report::Stage stage = session.home.stage();
  auto jobs = report::cell_jobs(stage, scenarios);
  const std::size_t all = jobs.size();
  const report::Shard shard = options.shard.value_or(report::Shard{});
  std::erase_if(jobs, [&](const auto& job) { return !shard.has(job.item); });
  report::PlayedCells cells(jobs.size());
  std::optional<report::PartFile> part;
  if (!options.part.empty()) {
    part.emplace(options.part, whole_matrix(session.home, scenarios, options.files.empty(), options.platforms, all, options.films), shard,
                 std::chrono::seconds(options.checkpoint));
    if (!part->found().empty()) fmt::print(stderr, "{}\n", part->found());
    cells = report::played_in(part->items(), jobs);
    playing.keep = [&part, &films](const report::CellJob& job, report::PlayedCell played) {
      played.films = films.take(job.scenario->id, job.column);
      part->add(job.item, report::object_of(played));
    };
  }

  Interrupts interrupts;
  const bool terminal = ::isatty(STDERR_FILENO) && ::isatty(STDOUT_FILENO);
  playing.stop = [&] { return interrupts.asked(); };
  playing.progress = [&](std::size_t finished, std::size_t of) {
    if (terminal) fmt::print(stderr, "\r{}/{}{}", finished, of, finished == of ? "\r\033[K" : "");
  };
  report::play_cells(stage, jobs, cells, playing);
  if (part) part->save();

  auto result = report::matrix_of(jobs, std::move(cells), columns());
  const int came = interrupts.take(), signal = result.unplayed == 0 ? 0 : came;  // one that comes when all is played ends nothing
  MatrixTeller::Pages shown{signal == 0 && pages ? &*pages : nullptr,
                            {{}, options.files.empty() && options.platforms.empty(), options.jobs},
                            !options.platforms.empty()};
  teller.tell(session, result, scenarios, options.shard, shown);
  if (signal == 0) return;
  session.exit_code = kSignalled + signal;
  fmt::print(stderr, "interrupted: {} of {} cells are not played{}{}\n", result.unplayed, result.cells.size(),
             part ? "; what is played is in `" + part->checkpoint() + "`, from where the same command goes on" : "",
             pages ? "; no pages are written" : "");
}

// The scenarios that the parts are of, read where we are; they are as they were, or difference() says which is not.
std::vector<load::Scenario> scenarios_of(const Home& home, const report::NamedPart& part) {
  const auto option = [&](const char* name) {
    const auto& options = part.part.whole.options;
    const auto found = options.find(name);
    if (found == options.end() || options.size() != 2 + options.count(kFilms)) throw base::UserError("`" + part.file + "`: these are not the options of a matrix");
    return found->second;
  };
  const auto names = option("files"), platforms = option("platforms");
  std::vector<load::Scenario> out;
  for (const auto& name : names) {
    const auto file = file_named(home, name);
    const auto digest = part.part.whole.files.find(name);
    if (digest == part.part.whole.files.end()) throw base::UserError("`" + part.file + "`: no digest of `" + name + "`");
    if (report::digest_of(load::read_text(file)) != digest->second)
      throw base::UserError(fmt::format("`{}`: not of the files that are here: `{}` has another content", part.file, file));
    out.push_back(home.scenario(file));
  }
  if (names.empty()) out = home.all_scenarios();
  if (!platforms.empty()) keep_platforms(home, out, platforms);
  return out;
}

void merge(Session& session, const MergeOptions& options) {
  const MatrixTeller teller(options.output);
  std::vector<report::NamedPart> parts;
  for (const auto& file : options.parts) parts.push_back(report::read_part(file));
  const report::NamedPart first{parts[0].file, {parts[0].part.whole, parts[0].part.shard, {}}};
  const bool search = is_search(first.part);
  if (first.part.whole.kind != kKind && !search)
    throw base::UserError(fmt::format("`{}` is a part of `{}`; this program merges parts of `matrix` and of `explore`", first.file, first.part.whole.kind));
  const auto items = report::join(std::move(parts), options.partial);
  if (search) {
    const auto& o = options.output;
    if (!options.html.empty() || !o.csv.empty() || !o.junit.empty() || !o.sarif.empty() || o.markdown || !o.baseline.empty() || !o.known.empty())
      throw base::UserError("`" + first.file + "` is a part of a search: of that --json and --out are written");
    return merge_searches(session, items, options.out, o.json);
  }
  if (!options.out.empty()) throw base::UserError("`" + first.file + "` is a part of a matrix, and --out is for what a search found");
  const auto scenarios = scenarios_of(session.home, first);
  const auto jobs = report::cell_jobs(session.home.stage(), scenarios);
  const auto& said = first.part.whole.options;
  const bool have_films = said.contains(kFilms);
  if (!options.html.empty() && !have_films)
    throw base::UserError(fmt::format("`{}` has no films, which --html is made of: play the shards with --films", first.file));
  MatrixFilms films;
  std::optional<MatrixPages> pages;
  if (!options.html.empty()) pages.emplace(options.html, scenarios, films);
  const auto here = whole_matrix(session.home, scenarios, said.at("files").empty(), said.at("platforms"), jobs.size(), have_films);
  if (const auto what = report::difference(here, first.part.whole); !what.empty())
    throw base::UserError(fmt::format("`{}` is not of what is here: {}", first.file, what));
  auto cells = report::played_in(items, jobs);
  for (std::size_t i = 0; pages && i < jobs.size(); ++i)
    if (cells[i]) films.put(jobs[i].scenario->id, jobs[i].column, std::move(cells[i]->films));
  auto result = report::matrix_of(jobs, std::move(cells), columns());
  if (pages && result.unplayed != 0)
    throw base::UserError(fmt::format("--html is of a whole matrix, and {} of {} cells are not played; leave it out, or give all parts", result.unplayed, result.cells.size()));
  const auto &files = said.at("files"), &platforms = said.at("platforms");
  teller.tell(session, result, scenarios, std::nullopt, {pages ? &*pages : nullptr, {{}, files.empty() && platforms.empty(), 0}, !platforms.empty()});
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
  add_output_options(*command, options->output);
  command->add_option("--against", options->output.against,
                      "a key of the files' `sources:`, or `catalogue`: what it says beside what was observed; a difference is "
                      "told, and no failure (exit code 1 is for cells that differ from their files)")
      ->type_name("SOURCE");
  command->add_option_function<std::string>("--shard", [options](const std::string& text) { options->shard = report::shard_of(text); },
                                            "only the cells of this shard, of so many equal ones")->type_name("I/N");
  command->add_option("--part", options->part,
                      "write what was played for `glacis merge`; a run that was ended before goes on where FILE.checkpoint stands")
      ->type_name("FILE");
  command->add_flag("--films", options->films, "keep the films of the runs in the part, for `merge --html`");
  command->add_option("--checkpoint", options->checkpoint, "seconds between two states of FILE.checkpoint (default: 5; 0: after each cell)")
      ->check(CLI::Range(0, 86'400))->type_name("SECONDS");
  command->add_option("-j,--jobs", options->jobs, "threads (default: one for each core)")->check(CLI::Range(1, 256));
  command->callback([&session, options] { matrix(session, *options); });

  auto merging = std::make_shared<MergeOptions>();
  auto* merger = app.add_subcommand("merge", "the parts of all shards as one: prints and writes what an undivided run would have");
  merger->add_option("PART", merging->parts, "what `matrix` or `explore` wrote with --shard I/N --part FILE")->required();
  add_output_options(*merger, merging->output);
  merger->add_option("--html", merging->html, "of parts with --films: write the pages that `matrix --html` writes into this folder")->type_name("DIR");
  merger->add_option("--out", merging->out, "of parts of `explore`: write each find into this folder");
  merger->add_flag("--partial", merging->partial, "also when parts are missing or are checkpoints; their cells are `unplayed`, exit code 1");
  merger->callback([&session, merging] { merge(session, *merging); });

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
