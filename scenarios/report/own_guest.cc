#include "scenarios/report/own_guest.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/contract.h"

namespace report {

namespace {

constexpr const char* kWanted = "no broken promise";

bool is_guests(const std::string& id) {
  const auto rows = engine::guest_rows();
  return std::any_of(rows.begin(), rows.end(), [&](const auto* row) { return row->id == id; });
}

class Evaluation {
 public:
  Evaluation(const Stage& stage, engine::Run run, const std::string& platform, const std::set<std::string>& vms)
      : stage_(stage), machine_(stage.machine(*run.scenario, platform)), run_(std::move(run)), vms_(vms) {
    run_.machine = &machine_;
    run_.platform = platform.empty() ? machine_.platform : platform;
    cell_.attack = run_.scenario->id;
    cell_.platform = run_.platform;
  }

  engine::Verdict play() {
    auto honest = run_;
    honest.attack = false;
    auto verdict = run_variants(stage_, honest, &cell_.runs);
    cell_.observed = engine::name_of(verdict.outcome);
    if (!judge_honest(verdict, honest)) return verdict;
    auto attack = run_;
    attack.afterwards = has_retry(*run_.scenario);
    try {
      verdict = run_variants(stage_, attack, &cell_.runs);
    } catch (const base::UserError& error) {  // a page that is not there yet when the attack wants it
      add("attack", kWanted, std::string("this guest never reached what the attack needs: ") + error.what(), false);
      return verdict;
    }
    judge_attack(verdict);
    return verdict;
  }

  Cell take() {
    cell_.agrees = cell_.mismatches.empty();
    return std::move(cell_);
  }

  void add(const std::string& label, const std::string& expected, const std::string& observed, bool agrees) {
    if (!agrees) cell_.mismatches.push_back(label + ": " + observed);
    cell_.checks.push_back({label, expected, observed, agrees});
  }

 private:
  bool judge_honest(const engine::Verdict& verdict, const engine::Run& honest) {
    const bool held = verdict.outcome == engine::Outcome::kHeld;
    add("honest", "held", verdict.sentence(), held);
    std::vector<std::string> lacks;
    for (const auto& vm : vms_)
      for (auto& name : missing(contract_of(*run_.scenario, vm, run_.platform), verdict)) lacks.push_back(std::move(name));
    const std::string all = "all that the attack needs";
    add("reaches", all, lacks.empty() ? all : "this guest never reached what the attack needs: " + joined(lacks), lacks.empty());
    if (held && lacks.empty()) {
      const auto parted = where_they_part(verdict, run_variants(stage_, honest, &cell_.runs));
      add("honest again", "the same calls", parted.empty() ? "the same calls" : parted, parted.empty());
    }
    return held && lacks.empty();
  }

  void judge_attack(const engine::Verdict& verdict) {
    cell_.observed = engine::name_of(verdict.outcome);
    cell_.defence = defences_of(verdict);
    cell_.promise = promises_of(verdict);
    if (verdict.outcome == engine::Outcome::kInert)
      return add("attack", kWanted, "inert: this guest never reached what the attack needs: " + joined(first_waits(*run_.scenario, run_.platform)), false);
    add("attack", kWanted, verdict.sentence(), verdict.outcome != engine::Outcome::kBroken);
    if (!verdict.retry || verdict.outcome == engine::Outcome::kBroken) return;
    add("afterwards", kWanted, sentence_of(*verdict.retry), verdict.retry->breaches.empty());
  }

  const Stage& stage_;
  load::Machine machine_;
  engine::Run run_;
  const std::set<std::string>& vms_;
  Cell cell_;
};

}  // namespace

bool guest_decides(const load::Scenario& scenario, const std::string& platform, std::string_view profile) {
  const auto* row = find_row(scenario.expect, platform, profile);
  if (!row || row->outcome.value != engine::name_of(engine::Outcome::kBroken)) return true;
  const auto by_guest = [&](const load::Row& other) {
    return holds_on(other, platform) && std::any_of(other.by.begin(), other.by.end(), [](const load::Text& id) { return is_guests(id.value); });
  };
  return std::any_of(scenario.expect.begin(), scenario.expect.end(), by_guest) || std::any_of(scenario.with.begin(), scenario.with.end(), by_guest);
}

Cell evaluate_own(const Stage& stage, engine::Run run, const std::string& platform, const std::set<std::string>& vms, engine::Verdict* verdict) {
  const auto& scenario = *run.scenario;
  const auto not_judged = [&](std::string reason) {
    Cell cell;
    cell.attack = scenario.id;
    cell.platform = platform;
    cell.observed = cell.expected = "n/a";
    cell.reason = std::move(reason);
    return cell;
  };
  if (const auto absent = scenario.n_a.find(platform); absent != scenario.n_a.end()) return not_judged(absent->second.value);
  const auto profile = run.set.find("profile");
  if (!guest_decides(scenario, platform, profile == run.set.end() ? "baseline" : profile->second))
    return not_judged("no guest can keep the promise here: the file has the attack succeed on this platform");
  Evaluation evaluation(stage, std::move(run), platform, vms);
  try {
    auto played = evaluation.play();
    if (verdict) *verdict = std::move(played);
  } catch (const base::Bug& bug) {
    evaluation.add("attack", kWanted, std::string("this program failed: ") + bug.what(), false);
  }
  return evaluation.take();
}

}  // namespace report
