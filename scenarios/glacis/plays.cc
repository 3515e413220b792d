#include "scenarios/glacis/plays.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/glacis/outside.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/own_guest.h"

namespace glacis {

namespace {

void need_known(std::string_view what, const std::string& name, const load::Names& known) {
  if (!known.has(name)) throw base::UserError(fmt::format("unknown {} `{}`{}", what, name, load::advice(name, known)));
}

void need_liftable(const std::string& id) {
  need_known("defence", id, engine::vocabulary().defences);
  for (const auto* defence : engine::all_defences())
    if (defence->id == id && defence->kind == trust::Kind::kConformance)
      throw base::UserError("`" + id + "` is a conformance row, which no attack needs: it cannot be lifted");
}

}  // namespace

std::map<std::string, std::string> parse_set(const std::vector<std::string>& words) {
  std::map<std::string, std::string> out;
  load::Names known;
  for (const auto& setting : engine::vocabulary().settings) known.patterns.push_back(setting.name);
  for (const auto& word : words) {
    auto at = word.find('=');
    if (at == word.npos || at == 0) throw base::UserError("--set wants part.setting=value, not `" + word + "`");
    auto key = word.substr(0, at);
    if (!known.patterns.empty()) need_known("setting", key, known);
    out[key] = word.substr(at + 1);
  }
  return out;
}

std::string whole_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? "" : "`" + text + "` is no whole number of 64 bits";
}

std::vector<Job> jobs_of(const std::vector<load::Scenario>& scenarios, const std::vector<std::string>& wanted) {
  std::vector<Job> out;
  for (const auto& platform : wanted) need_known("platform", platform, load::Names(engine::vocabulary().platforms));
  for (const auto& scenario : scenarios) {
    auto have = report::platforms_of(scenario);
    for (const auto& platform : wanted)
      if (std::find(have.begin(), have.end(), platform) == have.end())
        throw base::UserError(
            fmt::format("{}: not for the platform `{}`; it has {}", scenario.file, platform,
                        have == std::vector<std::string>{""} ? "the one its machine fixes" : report::joined(have)));
    for (const auto& platform : have)
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), platform) != wanted.end())
        out.push_back({&scenario, platform});
  }
  return out;
}

void lay_set(load::Machine& machine, const std::map<std::string, std::string>& set) {
  for (const auto& [key, value] : set)
    load::lay_settings(machine, {{key, {value, {1, 1}}}}, "--set " + key + "=" + value, engine::machine_vocabulary());
}

namespace {

// A run that the user bends is compared with nothing.
void play_bent(Played& out, const report::Stage& stage, const Job& job, const PlayOptions& options) {
  auto machine = stage.machine(*job.scenario, job.platform);
  lay_set(machine, out.told.set);
  engine::Run run;
  run.scenario = job.scenario;
  run.machine = &machine;
  run.platform = job.platform.empty() ? machine.platform : job.platform;
  run.seed = options.seed;
  run.lift = options.lift;
  run.set = out.told.set;
  run.set["profile"] = options.profile;
  run.weather = options.weather;
  run.afterwards = options.lift.empty() && out.told.set.empty() && report::has_retry(*job.scenario);
  out.told.platform = run.platform;
  out.verdict = report::run_variants(stage, run);
  const auto* row = options.lift.empty() && out.told.set.empty()
                        ? report::find_row(job.scenario->expect, run.platform, options.profile)
                        : nullptr;
  out.compared = row != nullptr;
  out.cell.attack = job.scenario->id;
  out.cell.platform = run.platform;
  out.cell.observed = engine::name_of(out.verdict.outcome);
  if (!row) {
    out.cell.agrees = out.verdict.outcome != engine::Outcome::kBroken;
    if (!out.cell.agrees) out.cell.mismatches = {"a promise broke where nothing was expected"};
    return;
  }
  out.cell.expected = row->outcome.value;
  out.cell.mismatches = report::differences(out.verdict, *row);
  out.cell.agrees = out.cell.mismatches.empty();
  out.cell.checks = {{options.profile, report::sentence_of(*row), out.verdict.sentence(), out.cell.agrees}};
  if (!run.afterwards) return;
  const auto& wanted = *job.scenario->afterwards;
  const auto wrong = report::differences(out.verdict, wanted);
  out.cell.checks.push_back(
      {"afterwards", report::sentence_of(wanted), report::sentence_of(*out.verdict.retry), wrong.empty()});
  for (const auto& line : wrong) out.cell.mismatches.push_back("afterwards: " + line);
  out.cell.agrees = out.cell.mismatches.empty();
}

// Against a guest of the user's the file's rows say nothing.
void play_own(Played& out, report::Stage stage, const Job& job, const PlayOptions& options) {
  const auto machine = stage.machine;
  stage.machine = [machine, &out](const load::Scenario& scenario, const std::string& platform) {
    auto made = machine(scenario, platform);
    lay_set(made, out.told.set);
    return made;
  };
  engine::Run run;
  run.scenario = job.scenario;
  run.seed = options.seed;
  run.lift = options.lift;
  run.set = out.told.set;
  run.set["profile"] = options.profile;
  run.weather = options.weather;
  out.cell = report::evaluate_own(stage, run, job.platform, options.replaced, &out.verdict);
  out.told.platform = out.cell.platform;
}

// Whether a run is the one that is shown, and not one of those that it is held against: they would only take memory.
bool is_told(const report::Told& told, const engine::Run& run) {
  auto set = told.set;
  set["profile"] = told.profile;
  return run.lift == told.lift && run.weather == told.weather && run.seed == told.seed && run.set == set;
}

}  // namespace

Played play(const report::Stage& the_stage, const Job& job, const PlayOptions& options) {
  Played out;
  out.told = {job.scenario, job.platform,          options.seed,   options.profile,
              options.lift, parse_set(options.set), options.weather};
  Door door(options.replay);
  auto stage = the_stage;
  stage.run = [&](engine::Run run) {
    door.lend(run);
    run.capture = options.capture;
    run.film = options.film && is_told(out.told, run) && (run.attack || !options.replaced.empty());
    return the_stage.run(run);
  };
  bool absent = job.scenario->n_a.contains(job.platform);
  bool bent = !options.lift.empty() || !options.set.empty() || !options.weather.empty() || options.profile != "baseline";
  if (!options.replaced.empty()) {
    play_own(out, stage, job, options);
  } else if (absent || !bent) {
    out.cell = report::evaluate(stage, *job.scenario, job.platform, options.seed, &out.verdict);
    out.told.platform = out.cell.platform;
  } else {
    play_bent(out, stage, job, options);
  }
  out.recording = door.recording();
  return out;
}

std::string judgement_of(const Played& played) {
  return played.compared ? report::judgement_of(played.cell) : "  compared with nothing: the file expects nothing of this run\n";
}

std::string text_of(const Played& played, bool quiet) {
  if (played.cell.observed == "n/a")
    return fmt::format("{}\n  {} on {}: n/a: {}\n", played.told.scenario->title.value, played.cell.attack,
                       played.cell.platform, played.cell.reason);
  return report::play_of(played.told, played.verdict, !quiet) + judgement_of(played);
}

void check_options(const PlayOptions& options) {
  need_known("profile", options.profile, engine::vocabulary().profiles);
  for (const auto& id : options.lift) need_liftable(id);
  for (const auto& name : options.weather) need_known("weather", name, engine::vocabulary().weather);
  parse_set(options.set);
}

}  // namespace glacis
