#include "scenarios/report/cell.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/check.h"
#include "scenarios/report/compare.h"

namespace report {

namespace {

constexpr const char* kBaseline = "baseline";
constexpr const char* kHardened = "hardened";

class Evaluation {
 public:
  Evaluation(const Stage& stage, const load::Scenario& scenario, const std::string& platform, std::uint64_t seed)
      : stage_(stage), scenario_(scenario), machine_(stage.machine(scenario, platform)), seed_(seed) {
    cell_.attack = scenario.id;
    cell_.platform = platform.empty() ? machine_.platform : platform;
  }

  // Where the file has no row only a broken promise disagrees.
  engine::Verdict expected_run() {
    const auto* row = find_row(scenario_.expect, cell_.platform, kBaseline);
    auto run = base(kBaseline);
    run.afterwards = has_retry(scenario_);
    auto verdict = play(run);
    cell_.observed = engine::name_of(verdict.outcome);
    cell_.defence = defences_of(verdict);
    cell_.promise = promises_of(verdict);
    if (row) {
      cell_.expected = row->outcome.value;
      judge("expect", verdict, *row);
    } else {
      bool broken = verdict.outcome == engine::Outcome::kBroken;
      add({"expect", "no broken promise (the file states no expectation)", verdict.sentence(), !broken},
          broken ? std::vector<std::string>{"nothing was expected; it was " + verdict.sentence()}
                 : std::vector<std::string>{});
    }
    judge_retry("", verdict);
    under_weather(verdict);
    if (row && scenario_.seeds) other_seeds(*row, scenario_.seeds->value);
    return verdict;
  }

  void hardened_run() {
    const auto* row = find_row(scenario_.expect, cell_.platform, kHardened);
    if (!row) return;
    auto run = base(kHardened);
    run.afterwards = has_retry(scenario_);
    auto verdict = play(run);
    cell_.observed_hardened = engine::name_of(verdict.outcome);
    cell_.expected_hardened = row->outcome.value;
    judge(kHardened, verdict, *row);
    judge_retry(" (hardened)", verdict);
    honest(kHardened);
  }

  void without_rows() {
    for (const auto& row : scenario_.without) {
      if (!holds_on(row, cell_.platform)) continue;
      auto run = base(profile_of(row));
      for (const auto& id : row.lift) run.lift.push_back(id.value);
      judge("without " + joined(row.lift) + under(row), play(run), row);
    }
    if (scenario_.without.empty()) lift_each_named();
  }

  void with_rows() {
    for (const auto& row : scenario_.with) {
      if (!holds_on(row, cell_.platform)) continue;
      auto run = base(profile_of(row));
      std::vector<std::string> words;
      for (const auto& [key, value] : row.set) {
        run.set[key] = value.value;
        words.push_back(key + ": " + value.value);
      }
      judge("with " + joined(words) + under(row), play(run), row);
    }
  }

  // The machine must carry an honest guest, or a refusal proves nothing.
  void honest(const char* profile) {
    auto run = base(profile);
    run.attack = false;
    auto verdict = play(run);
    bool held = verdict.outcome == engine::Outcome::kHeld;
    auto label = std::string("honest") + (profile == kHardened ? " (hardened)" : "");
    add({label, "held", verdict.sentence(), held},
        held ? std::vector<std::string>{} : std::vector<std::string>{"expected held; it was " + verdict.sentence()});
    if (verdict.guest_calls.empty() || profile == kHardened) return;
    // A program outside is played once more: what is not the same twice proves nothing.
    const auto parted = where_they_part(verdict, play(run));
    add({"honest again", "the same calls", parted.empty() ? "the same calls" : parted, parted.empty()},
        parted.empty() ? std::vector<std::string>{} : std::vector<std::string>{parted});
  }

  Cell take() {
    cell_.agrees = cell_.mismatches.empty();
    return std::move(cell_);
  }
  Cell& cell() { return cell_; }

 private:
  engine::Run base(const std::string& profile) const {
    engine::Run run;
    run.scenario = &scenario_;
    run.machine = &machine_;
    run.platform = cell_.platform;
    run.seed = seed_;
    run.set["profile"] = profile;
    return run;
  }

  engine::Verdict play(const engine::Run& run) { return run_variants(stage_, run, &cell_.runs); }

  static std::string under(const load::Row& row) {
    return profile_of(row) == kBaseline ? "" : " (" + profile_of(row) + ")";
  }

  void judge(const std::string& label, const engine::Verdict& verdict, const load::Row& row) {
    auto wrong = differences(verdict, row);
    add({label, sentence_of(row), verdict.sentence(), wrong.empty()}, wrong);
  }

  void add(Check check, const std::vector<std::string>& wrong) {
    for (const auto& line : wrong) cell_.mismatches.push_back(check.label + ": " + line);
    cell_.checks.push_back(std::move(check));
  }

  void judge_retry(const std::string& under, const engine::Verdict& verdict) {
    if (!has_retry(scenario_)) return;
    auto wrong = differences(verdict, *scenario_.afterwards);
    auto observed = verdict.retry ? sentence_of(*verdict.retry) : "none";
    add({"afterwards" + under, sentence_of(*scenario_.afterwards), observed, wrong.empty()}, wrong);
  }

  // Each kind alone.
  void under_weather(const engine::Verdict& calm) {
    for (const auto& name : scenario_.weather) {
      auto run = base(kBaseline);
      run.weather = {name.value};
      auto verdict = play(run);
      auto wrong = differences(verdict, calm);
      add({"weather " + name.value, calm.sentence(), verdict.sentence(), wrong.empty()}, wrong);
    }
  }

  void other_seeds(const load::Row& row, std::uint64_t count) {
    for (std::uint64_t i = 1; i < count; ++i) {
      auto run = base(kBaseline);
      run.seed = seed_ + i;
      judge(fmt::format("seed {}", run.seed), play(run), row);
    }
  }

  // A row that cannot be lifted has no negative test.
  static bool liftable(const std::string& id) {
    const auto& all = engine::all_defences();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto* d) { return d->id == id; });
    return found == all.end() || (*found)->kind == trust::Kind::kDefence;
  }

  // A file without `without` rows is still its own negative test. Of a list in `by`, only those that spoke can matter
  // here.
  void lift_each_named() {
    const auto* row = find_row(scenario_.expect, cell_.platform, kBaseline);
    if (!row) return;
    for (const auto& id : row->by) {
      if (row->by.size() > 1 && std::find(cell_.defence.begin(), cell_.defence.end(), id.value) == cell_.defence.end())
        continue;
      if (!liftable(id.value)) continue;
      auto run = base(kBaseline);
      run.lift.push_back(id.value);
      auto verdict = play(run);
      bool other = engine::name_of(verdict.outcome) != row->outcome.value;
      std::vector<std::string> wrong;
      if (!other) wrong.push_back("expected another outcome than " + row->outcome.value + "; the defence is idle here");
      add({"without " + id.value, "not " + row->outcome.value, verdict.sentence(), other}, wrong);
    }
  }

  const Stage& stage_;
  const load::Scenario& scenario_;
  load::Machine machine_;
  std::uint64_t seed_;
  Cell cell_;
};

Cell not_there(const load::Scenario& scenario, const std::string& platform) {
  Cell cell;
  cell.attack = scenario.id;
  cell.platform = platform;
  cell.observed = cell.expected = "n/a";
  cell.reason = scenario.n_a.at(platform).value;
  return cell;
}

}  // namespace

std::vector<std::string> platforms_of(const load::Scenario& scenario) {
  if (!scenario.has_platforms) return {""};
  auto out = scenario.platforms;
  for (const auto& [platform, reason] : scenario.n_a)
    if (std::find(out.begin(), out.end(), platform) == out.end()) out.push_back(platform);
  return out;
}

engine::Verdict run_variants(const Stage& stage, const engine::Run& run, std::size_t* runs) {
  engine::Verdict worst;
  auto count = std::max<std::size_t>(run.scenario->variants.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    auto one = run;
    one.variant = i;
    auto verdict = stage.run(one);
    if (runs) ++*runs;
    if (i == 0 || verdict.outcome < worst.outcome) std::swap(worst, verdict);
    // The retry after each must hold, so one that does not counts for all.
    if (i != 0 && verdict.retry && !differences(verdict, *run.scenario->afterwards).empty())
      worst.retry = verdict.retry;
    if (!run.attack) break;
  }
  return worst;
}

Cell evaluate(const Stage& stage, const load::Scenario& scenario, const std::string& platform, std::uint64_t seed,
              engine::Verdict* verdict) {
  if (scenario.n_a.contains(platform)) return not_there(scenario, platform);
  Evaluation evaluation(stage, scenario, platform, seed);
  try {
    auto baseline = evaluation.expected_run();
    if (verdict) *verdict = std::move(baseline);
    evaluation.honest(kBaseline);
    evaluation.hardened_run();
    evaluation.without_rows();
    evaluation.with_rows();
  } catch (const base::Bug& bug) {
    evaluation.cell().observed = "error";
    evaluation.cell().mismatches.push_back(fmt::format("this program failed (seed {}): {}", seed, bug.what()));
  }
  return evaluation.take();
}

}  // namespace report
