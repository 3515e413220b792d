// `glacis run`: plays files on platforms, compares with what they expect, and writes what was asked for.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/glacis/bundle.h"
#include "scenarios/glacis/captures.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/exports.h"
#include "scenarios/glacis/interrupts.h"
#include "scenarios/glacis/outside.h"
#include "scenarios/glacis/own_guest.h"
#include "scenarios/glacis/plays.h"
#include "scenarios/load/document.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/json_text.h"
#include "scenarios/report/junit.h"
#include "scenarios/report/parallel.h"
#include "scenarios/report/run_json.h"
#include "scenarios/web/film_json.h"
#include "scenarios/web/run_page.h"

namespace glacis {

namespace {

struct Options : PlayOptions {
  std::vector<std::string> files, guests;
  std::string trace, json, junit, artifacts, bundle, pcap, record, html;
  ExportOptions exports;
  bool quiet = false;
  std::size_t jobs = 0;
};

void write_artifacts(report::OutputFiles& files, const std::string& folder, const std::vector<Played>& all) {
  namespace fs = std::filesystem;
  for (const auto& played : all)
    for (const auto& [name, bytes] : played.verdict.artifacts) {
      auto path = fs::path(folder) / (played.cell.attack + "." + played.cell.platform) / name;
      files.folder(path.parent_path().string());
      files.add(path.string(), base::View(bytes));
    }
}

// Before anything is played: is there something to capture, somewhere to put it, and one name for each?
void prepare_captures(const std::string& folder, const std::vector<Job>& jobs, const report::Stage& stage) {
  std::set<std::pair<std::string, std::string>> runs;
  bool device = false;
  for (const auto& job : jobs) {
    if (!runs.insert({job.scenario->id, job.platform}).second)
      throw base::UserError("--pcap: two files are called `" + job.scenario->id + "`, and so would be their captures");
    for (const auto& [name, part] : stage.machine(*job.scenario, job.platform).parts)
      device = device || part.is == "accelerator";
  }
  if (!device) throw base::UserError("--pcap: there is nothing to capture on a machine without a device");
  report::need_folder(folder);
}

// Whether any of these runs speaks to somebody live, who can be asked one thing at a time.
bool prepare_outside(const Options& options, const std::vector<Job>& jobs, const report::Stage& stage) {
  bool live = false, named = false;
  for (const auto& job : jobs) {
    auto machine = stage.machine(*job.scenario, job.platform);
    lay_set(machine, parse_set(options.set));
    live = live || speaks_live(machine);
    named = named || speaks_outside(machine);
  }
  const bool records = !options.record.empty(), replays = !options.replay.empty();
  if (records && replays) throw base::UserError("--record and --replay exclude each other");
  if ((records || replays) && jobs.size() != 1)
    throw base::UserError("--record and --replay are of one run; name one file and one --platform");
  if (records && !live) throw base::UserError("--record: no part of the machine has a responder at an address");
  if (replays && !named) throw base::UserError("--replay: no part of the machine has a responder outside");
  return live && !replays;
}

bool is_played(const Played& played) { return played.cell.observed != report::kUnplayed; }

// In the place of a run that a signal left out.
Played unplayed(const report::Stage& stage, const Job& job) {
  Played out;
  out.told.scenario = job.scenario;
  out.told.platform = job.platform.empty() ? stage.machine(*job.scenario, job.platform).platform : job.platform;
  out.cell.attack = job.scenario->id;
  out.cell.platform = out.told.platform;
  out.cell.observed = report::kUnplayed;
  out.cell.agrees = false;
  return out;
}

void write_files(report::OutputFiles& files, const Options& options, const std::vector<Played>& all) {
  boost::json::array runs;
  std::vector<report::Cell> cells;
  for (const auto& played : all) {
    if (!is_played(played)) {
      cells.push_back(played.cell);
      continue;
    }
    runs.push_back(report::run_object(played.told, played.verdict, played.compared ? &played.cell : nullptr));
    cells.push_back(played.cell);
    if (played.cell.observed == "n/a") runs.back().as_object()["observed"] = "n/a";
  }
  if (!options.trace.empty()) files.add(options.trace, base::View(all.at(0).verdict.trace));
  if (!options.json.empty()) {
    boost::json::object root{{"format", 1}};
    if (runs.size() < all.size()) root["partial"] = boost::json::object{{"played", runs.size()}, {"of", all.size()}};
    root["runs"] = std::move(runs);
    files.add(options.json, report::indented(root));
  }
  if (!options.junit.empty()) files.add(options.junit, report::junit_of(cells));
  if (!options.record.empty()) files.add(options.record, all.at(0).recording.value_or(""));
  if (!options.artifacts.empty()) write_artifacts(files, options.artifacts, all);
  if (options.pcap.empty()) return;
  files.folder(options.pcap);
  for (const auto& played : all)
    if (is_played(played)) add_captures(files, options.pcap, played.cell.attack + "-" + played.cell.platform, played.verdict.captures);
}

// A run with defences lifted stands beside the same run with all of them.
std::string html_of(const report::Stage& stage, const std::vector<Job>& jobs, const std::vector<Played>& all, const Options& options) {
  std::vector<web::FilmedRun> runs;
  const auto add = [&](const Played& played) {
    if (played.cell.observed == "n/a") return;
    const auto& file = played.told.scenario->file;
    runs.push_back({web::film_object(played.told, played.verdict, played.compared ? &played.cell : nullptr, load::read_text(file)),
                    text_of(played, false)});
  };
  PlayOptions whole = options;
  whole.lift.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!options.lift.empty()) add(play(stage, jobs[i], whole));
    add(all[i]);
  }
  if (runs.empty()) throw base::UserError("--html: none of these runs is played; the files say `n/a`");
  return web::run_page(std::move(runs));
}

void run(Session& session, Options& options) {
  std::vector<load::Scenario> scenarios;
  for (const auto& file : files_of(options.files)) scenarios.push_back(session.home.scenario(file));
  options.replaced = replace_guests(scenarios, options.guests);
  if (!options.guests.empty() && !options.bundle.empty()) throw base::UserError("--bundle packs files, and no guest of yours: leave one out");
  check_options(options);
  options.capture = !options.pcap.empty();
  options.film = !options.html.empty();
  auto jobs = jobs_of(scenarios, options.platforms);
  prepare_exports(options.exports, options, jobs);
  if (!options.trace.empty() && jobs.size() != 1)
    throw base::UserError("--trace is of one run; name one file and one --platform");
  if (!options.bundle.empty() && scenarios.size() != 1) throw base::UserError("--bundle packs one file");
  auto stage = session.home.stage();
  if (!options.pcap.empty()) prepare_captures(options.pcap, jobs, stage);
  const bool live = prepare_outside(options, jobs, stage);
  std::vector<Played> all(jobs.size());
  std::optional<Interrupts> interrupts;  // what was played of many files is worth telling; one file's run is nothing by halves
  if (scenarios.size() > 1) interrupts.emplace();
  report::for_each_job(jobs.size(), [&](std::size_t i) {
    all[i] = interrupts && interrupts->asked() ? unplayed(stage, jobs[i]) : play(stage, jobs[i], options);
  }, {}, live ? 1 : options.jobs);
  const auto left = static_cast<std::size_t>(std::ranges::count_if(all, [](const Played& played) { return !is_played(played); }));
  const int came = interrupts ? interrupts->take() : 0, signal = left == 0 ? 0 : came;  // one that comes when all is played ends nothing
  report::OutputFiles files;
  bool first = true;
  for (const auto& played : all)
    if (is_played(played)) files.print((std::exchange(first, false) ? "" : "\n") + text_of(played, options.quiet));
  if (left != 0) files.print(fmt::format("{}{} of {} runs, {} not played: a partial report\n", first ? "" : "\n", all.size() - left, all.size(), left));
  write_files(files, options, all);
  add_exports(files, options.exports, all);
  if (!options.html.empty() && left == 0) files.add(options.html, html_of(stage, jobs, all, options));
  if (!options.bundle.empty())
    files.add(options.bundle, bundle_of(session.home, scenarios[0],
                                        {options.seed, options.profile, options.platforms, options.lift, options.set,
                                         options.weather}));
  files.commit();
  if (left != 0) {
    session.exit_code = kSignalled + signal;
    fmt::print(stderr, "interrupted: {} of {} runs are not played{}\n", left, all.size(), options.html.empty() ? "" : "; no page is written");
    return;
  }
  for (const auto& played : all)
    if (!played.cell.agrees) session.exit_code = kDiffers;
  const bool all_absent = std::ranges::all_of(all, [](const Played& played) { return played.cell.observed == "n/a"; });
  if (!options.replaced.empty() && all_absent) throw base::UserError("nothing was judged: no guest can keep the promise in any of these runs");
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("run", "plays attacks and compares them with what their files expect");
  command->add_option("FILE", options->files, "scenario files, folders of them, or ids of the catalogue")->required();
  command
      ->add_option("--guest", options->guests,
                   "VM=library:PATH or VM=connect:unix:PATH: play the files against this guest instead of their own; passes when the "
                   "attack acted and no promise broke (`glacis explain FILE` prints what a guest must have)")
      ->allow_extra_args(false);
  command->add_option("--platform", options->platforms, "only these platforms")->allow_extra_args(false);
  command->add_option("--seed", options->seed, "of every random stream (default 1)")->check(whole_number);
  command->add_option("--lift", options->lift, "take this defence away; compares with nothing")
      ->allow_extra_args(false);
  command->add_option("--set", options->set, "part.setting=value; compares with nothing")->allow_extra_args(false);
  command->add_option("--weather", options->weather, "lay this honest disturbance over the run (list weather)")
      ->allow_extra_args(false);
  command->add_option("--profile", options->profile, "baseline or hardened");
  command->add_option("--trace", options->trace, "write the whole run as bytes; `glacis trace` prints them");
  command->add_option("--json", options->json, "write the runs for programs");
  command->add_option("--junit", options->junit, "write the results as JUnit XML");
  command->add_option("--artifacts", options->artifacts, "write what crossed a boundary as files under this folder");
  command->add_option("--pcap", options->pcap,
                      "write what arrived at mailboxes (link type 292, with the secrets of sessions) and on links (125) as "
                      "captures into this folder");
  add_export_options(*command, options->exports);
  command->add_option("--record", options->record,
                      "write what the machine's responder outside said, with simulated time, for --replay");
  command->add_option("--replay", options->replay, "let this recording answer in that responder's place");
  command->add_option("--html", options->html,
                      "write a page that shows the runs, message by message; with --lift, beside the same run without it");
  command->add_option("--bundle", options->bundle, "pack scenario, machines, seed and version into one JSON file");
  command->add_option("-j,--jobs", options->jobs, "threads (default: one for each core)")->check(CLI::Range(1, 256));
  command->add_flag("--quiet", options->quiet, "only the verdicts");
  command->callback([&session, options] { run(session, *options); });
}

}  // namespace glacis
