// `glacis explore`: looks for attacks on a machine and its guests, and writes what breaks a promise as scenario files.
#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/explore/findings.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/explore_command.h"
#include "scenarios/glacis/interrupts.h"
#include "scenarios/glacis/own_guest.h"
#include "scenarios/glacis/plays.h"
#include "scenarios/glacis/whole.h"
#include "scenarios/load/units.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/json_text.h"
#include "scenarios/report/part_file.h"

namespace glacis {

namespace {

using Clock = std::chrono::steady_clock;

struct ExploreOptions : PlayOptions {
  std::string file, machine, out, json, part, shard, budget = "60s", strategy = "mixed";
  std::vector<std::string> guests, adversary;
  std::size_t finds = 0, jobs = 0, pieces = 0;
  bool quiet = false, everything = false;
};

constexpr const char* kKind = "explore";

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

// Only what a find's file says of itself; a find of a guest outside names a path of this machine.
void write_finds(report::OutputFiles& files, const std::string& folder, const boost::json::object& findings) {
  std::size_t number = 0;
  files.folder(folder);
  for (const auto& find : findings.at("finds").as_array()) {
    const auto path = (std::filesystem::path(folder) / fmt::format("found-{}.yaml", ++number)).string();
    files.add(path, std::string_view(find.as_object().at("scenario").as_string()));
    files.print(fmt::format("glacis run {}\n", path));
  }
}

void tell(Session& session, const boost::json::object& findings, const std::string& out, const std::string& json) {
  report::OutputFiles files;
  files.print(explore::text_of(findings));
  if (!out.empty()) write_finds(files, out, findings);
  if (!json.empty()) files.add(json, report::indented(findings));
  files.commit();
  if (!findings.at("finds").as_array().empty() || !findings.at("contradictions").as_array().empty()) session.exit_code = kDiffers;
}

// One piece of a search, as far as the budget goes.
boost::json::object play_piece(const explore::Target& target, const explore::Options& how, const Budget& budget, const ExploreOptions& options,
                               const Interrupts& interrupts) {
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  explore::Search search(target, how);
  double told = 0;
  const auto& progress = search.explore([&] { return !interrupts.asked() && (budget.time == 0 || seconds() * 1e12 < static_cast<double>(budget.time)); },
                                        [&](const explore::Progress& now) {
                                          if (options.quiet || seconds() < told + 1) return;
                                          told = seconds();
                                          fmt::print(stderr, "glacis: {:.0f} s: {}\n", told, explore::progress_text(now, told));
                                        });
  return explore::findings_object(target, how, progress);
}

report::Whole whole_search(const Session& session, const explore::Target& target, const ExploreOptions& options, std::uint64_t pieces) {
  std::vector<std::string> guests, set;
  for (const auto& thread : target.scenario.guest) {
    guests.push_back(thread.vm + "=" + thread.program.value);
    for (const auto& arg : thread.args) guests.back() += " " + arg;
    if (thread.from == load::Thread::From::kLibrary) guests.back() += " " + digest_of_file(thread.program.value);
  }
  for (const auto& [key, value] : target.set) set.push_back(key + "=" + value);
  std::vector<load::Scenario> file;
  if (!options.file.empty()) file.push_back(target.scenario);
  auto out = whole_of(session.home, kKind, file,
                      {{"machine", {target.scenario.machines.at(0).path.value}}, {"platform", {target.platform}}, {"guests", guests}, {"lift", target.lift}, {"set", set},
                       {"weather", target.weather}, {"seed", {std::to_string(options.seed)}}, {"budget", {options.budget}}, {"strategy", {options.strategy}},
                       {"adversary", options.adversary}, {"finds", {std::to_string(options.finds)}}, {"everything", {options.everything ? "yes" : "no"}}});
  out.items = pieces;
  return out;
}

void run(Session& session, ExploreOptions& options) {
  check_options(options);
  const auto budget = budget_of(options.budget);
  const auto target = target_of(session, options);
  const report::Shard shard = options.shard.empty() ? report::Shard{} : report::shard_of(options.shard);
  const std::uint64_t pieces = options.pieces != 0 ? options.pieces : shard.of;
  if (shard.of > 1 && options.part.empty()) throw base::UserError("--shard wants --part: a shard is a part of a search, and `glacis merge` joins them");
  if (!options.part.empty() && (!options.json.empty() || !options.out.empty())) throw base::UserError("--json and --out are of a whole search: give them to `glacis merge`");
  if (!options.part.empty() && budget.runs == 0) throw base::UserError("--part wants a --budget of runs: what a span of time finds depends on the machine");
  explore::Options how;
  how.allowed = options.adversary, how.strategy = strategy_of(options.strategy), how.seed = options.seed, how.runs_max = budget.runs;
  how.finds_max = options.finds, how.threads = options.jobs, how.shards = pieces;
  for (const auto& position : options.adversary)
    if (!engine::vocabulary().positions.has(position))
      throw base::UserError("unknown position `" + position + "`" + load::advice(position, engine::vocabulary().positions));
  explore::Target whole = target;
  whole.lift.clear();
  if (!target.lift.empty() && !options.everything) how.whole = &whole;
  std::optional<report::PartFile> part;
  if (!options.part.empty()) part.emplace(options.part, whole_search(session, target, options, pieces), shard, std::chrono::seconds(0));
  if (part && !part->found().empty()) fmt::print(stderr, "{}\n", part->found());
  std::vector<boost::json::object> found;
  Interrupts interrupts;
  for (std::uint64_t piece = 0; piece < pieces && !interrupts.asked(); ++piece) {
    if (!shard.has(piece)) continue;
    if (part && part->items().contains(piece)) {
      found.push_back(part->items().at(piece).as_object());
      continue;
    }
    how.shard = piece + 1;
    found.push_back(play_piece(target, how, budget, options, interrupts));
    if (part && !interrupts.asked()) part->add(piece, found.back());
  }
  if (part) part->save();
  const int signal = interrupts.take();
  if (!found.empty()) tell(session, explore::joined(found), options.out, options.json);
  if (signal == 0) return;
  fmt::print(stderr, "interrupted: this is what was found until then\n");
  session.exit_code = kSignalled + signal;
}

}  // namespace

bool is_search(const report::Part& part) { return part.whole.kind == kKind; }

void merge_searches(Session& session, const report::Items& items, const std::string& out, const std::string& json) {
  std::vector<boost::json::object> found;
  for (const auto& [piece, value] : items) {
    if (!value.is_object()) throw base::UserError("a part of a search holds something else than findings");
    found.push_back(value.as_object());
  }
  if (found.empty()) throw base::UserError("these parts hold nothing yet");
  tell(session, explore::joined(found), out, json);
}

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
  command->add_option("--pieces", options->pieces, "search in so many pieces, each with the whole budget (default: one for each shard)")->check(CLI::Range(1, 1'000'000));
  command->add_option("--shard", options->shard, "I/N: only the pieces of shard I of N, into --part; `glacis merge` joins them to what one call finds");
  command->add_option("--part", options->part, "write what this shard found; a call that was cut off goes on where it was");
  command->add_option("-j,--jobs", options->jobs, "threads (default: one for each core)")->check(CLI::Range(1, 256));
  command->add_flag("--everything", options->everything, "with --lift: also what breaks a promise with nothing lifted");
  command->add_flag("--quiet", options->quiet, "tell no progress");
  command->callback([&session, options] { run(session, *options); });
}

}  // namespace glacis
