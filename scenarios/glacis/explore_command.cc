// `glacis explore`: looks for attacks on a machine and its guests, and writes what breaks a promise as scenario files.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/explore/findings.h"
#include "scenarios/explore/scenario_text.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/own_guest.h"
#include "scenarios/glacis/plays.h"
#include "scenarios/load/units.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/json_text.h"

namespace glacis {

namespace {

using Clock = std::chrono::steady_clock;

struct ExploreOptions : PlayOptions {
  std::string file, machine, out, json, budget = "60s", strategy = "mixed";
  std::vector<std::string> guests, adversary;
  std::size_t finds = 0, jobs = 0;
  bool quiet = false;
};

volatile std::sig_atomic_t interrupted = 0;

// A count of runs, or a span of time in picoseconds.
struct Budget {
  std::size_t runs = 0;
  std::uint64_t time = 0;
};
Budget budget_of(const std::string& text) {
  if (const auto runs = load::parse_count(text); runs.value && *runs.value > 0) return {.runs = *runs.value};
  if (const auto time = load::parse_time(text); time.value && *time.value > 0) return {.time = *time.value};
  throw base::UserError("--budget wants a time (60s, 10min) or a number of runs (5000), not `" + text + "`");
}

explore::Strategy strategy_of(const std::string& name) {
  using explore::Strategy;
  const std::pair<std::string, Strategy> all[] = {
      {"mixed", Strategy::kMixed}, {"systematic", Strategy::kSystematic}, {"guided", Strategy::kGuided}, {"random", Strategy::kRandom}};
  load::Names known;
  for (const auto& [word, strategy] : all) {
    if (word == name) return strategy;
    known.patterns.push_back(word);
  }
  throw base::UserError("unknown strategy `" + name + "`" + load::advice(name, known));
}

// The file's machine, guests and settings; or what the options say instead.
load::Scenario scenario_of(const Session& session, const ExploreOptions& options) {
  if (!options.file.empty()) {
    if (!options.machine.empty()) throw base::UserError("a file brings its machine: leave out FILE or --machine");
    std::vector<load::Scenario> one{session.home.scenario(options.file)};
    (void)replace_guests(one, options.guests);
    return one[0];
  }
  if (options.machine.empty()) throw base::UserError("name a scenario file, whose machine and guests are explored, or --machine (glacis list machines)");
  if (options.guests.empty()) throw base::UserError("--guest is missing: VM=PROGRAM (glacis list programs), VM=library:PATH or VM=connect:unix:PATH");
  load::Scenario out;
  out.file = options.machine;
  out.machines.push_back({"", {options.machine, {}}});
  out.guest = guests_of(options.guests);
  out.has_platforms = !options.platforms.empty();
  out.platforms = options.platforms;
  return out;
}

explore::Target target_of(const Session& session, const ExploreOptions& options) {
  explore::Target out;
  out.stage = session.home.stage();
  out.scenario = scenario_of(session, options);
  const auto jobs = jobs_of({out.scenario}, options.platforms);
  if (jobs.size() != 1) throw base::UserError(out.scenario.file + ": is for several platforms; name one with --platform");
  out.machine = out.stage.machine(out.scenario, jobs[0].platform);
  out.set = parse_set(options.set);
  lay_set(out.machine, out.set);
  out.set["profile"] = options.profile;
  out.platform = jobs[0].platform.empty() ? out.machine.platform : jobs[0].platform;
  out.seed = options.seed;
  out.lift = options.lift;
  out.weather = options.weather;
  return out;
}

void tell(const explore::Target& target, const explore::Find& find, std::size_t number, const std::string& file) {
  fmt::print("{}. {}\n   {}\n", number, explore::title_of(find), find.verdict.sentence());
  for (const auto& breach : find.verdict.breaches) fmt::print("   {}: {}\n", trust::name_of(breach.promise), breach.what);
  for (const auto& step : find.attack) fmt::print("   - {}\n", explore::step_text(step));
  fmt::print("   first seen in run {}, shrunk from {} to {} steps in {} runs\n", find.run, find.steps_before, find.attack.size(), find.runs_to_shrink);
  if (!file.empty()) fmt::print("   glacis run {}{}\n", file, target.weather.empty() ? "" : " --weather ...");
}

void run(Session& session, ExploreOptions& options) {
  check_options(options);
  const auto budget = budget_of(options.budget);
  const auto target = target_of(session, options);
  explore::Options how{.allowed = options.adversary, .strategy = strategy_of(options.strategy), .seed = options.seed, .runs_max = budget.runs,
                       .finds_max = options.finds, .threads = options.jobs};
  for (const auto& position : options.adversary)
    if (!engine::vocabulary().positions.has(position))
      throw base::UserError("unknown position `" + position + "`" + load::advice(position, engine::vocabulary().positions));
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  explore::Search search(target, how);
  fmt::print("{}", explore::uncovered_text(search.progress()));
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  double told = 0;
  const auto& progress = search.explore([&] { return !interrupted && (budget.time == 0 || seconds() * 1e12 < static_cast<double>(budget.time)); },
                                        [&](const explore::Progress& now) {
                                          if (options.quiet || seconds() < told + 1) return;
                                          told = seconds();
                                          fmt::print(stderr, "glacis: {:.0f} s: {}\n", told, explore::progress_text(now, told));
                                        });
  report::OutputFiles files;
  std::error_code error;
  if (!options.out.empty() && !std::filesystem::is_directory(options.out, error) && !std::filesystem::create_directories(options.out, error))
    throw base::UserError("cannot make the folder `" + options.out + "`: " + error.message());
  for (std::size_t i = 0; i < progress.finds.size(); ++i) {
    const auto path = options.out.empty() ? "" : (std::filesystem::path(options.out) / fmt::format("found-{}.yaml", i + 1)).string();
    if (!path.empty()) files.add(path, explore::file_text(target, progress.finds[i]));
    tell(target, progress.finds[i], i + 1, path);
  }
  for (const auto& [attack, why] : progress.bugs) {
    fmt::print("the engine contradicts itself, which is a fault of Glacis: {}\n", why);
    for (const auto& step : attack) fmt::print("   - {}\n", explore::step_text(step));
  }
  fmt::print("{}{}{}\n", explore::progress_text(progress, budget.runs == 0 ? seconds() : 0), progress.exhausted ? "; nothing is left to try" : "", interrupted ? "; interrupted" : "");
  if (!options.json.empty()) files.add(options.json, report::indented(explore::findings_object(target, how, progress)));
  files.commit();
  if (!progress.finds.empty() || !progress.bugs.empty()) session.exit_code = kDiffers;
}

}  // namespace

void add_explore(CLI::App& app, Session& session) {
  auto options = std::make_shared<ExploreOptions>();
  auto* command = app.add_subcommand("explore", "looks for attacks that break a promise, and makes each as small as it can be");
  command->add_option("FILE", options->file, "a scenario, or its id in the catalogue: its machine and guests are explored, its attack is not looked at");
  command->add_option("--machine", options->machine, "a machine instead (list machines)");
  command->add_option("--guest", options->guests, "VM=PROGRAM (list programs), VM=library:PATH or VM=connect:unix:PATH")->allow_extra_args(false);
  command->add_option("--platform", options->platforms, "the one to explore, where there are several")->allow_extra_args(false);
  command->add_option("--adversary", options->adversary, "the positions that he holds (list positions); all of them where none is named");
  command->add_option("--budget", options->budget, "how long (60s, 10min), or how many runs (5000); default 60s. So many runs give the same each time");
  command->add_option("--strategy", options->strategy, "mixed (default), systematic, guided by what attacks show, random");
  command->add_option("--finds", options->finds, "stop after so many causes (default: never)")->check(whole_number);
  command->add_option("--seed", options->seed, "of search and worlds (default 1)")->check(whole_number);
  command->add_option("--lift", options->lift, "take this defence away first")->allow_extra_args(false);
  command->add_option("--set", options->set, "part.setting=value")->allow_extra_args(false);
  command->add_option("--weather", options->weather, "lay this honest disturbance over all runs (list weather)")->allow_extra_args(false);
  command->add_option("--profile", options->profile, "baseline or hardened");
  command->add_option("--out", options->out, "write each find into this folder, as a scenario that `glacis run` plays");
  command->add_option("--json", options->json, "write the findings for programs");
  command->add_option("-j,--jobs", options->jobs, "threads (default: one for each core)")->check(CLI::Range(1, 256));
  command->add_flag("--quiet", options->quiet, "tell no progress");
  command->callback([&session, options] { run(session, *options); });
}

}  // namespace glacis
