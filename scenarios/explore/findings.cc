#include "scenarios/explore/findings.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "scenarios/explore/scenario_text.h"

namespace explore {

std::string progress_text(const Progress& progress, double seconds) {
  auto out = fmt::format("{} runs", progress.runs);
  if (seconds > 0) out += fmt::format(", {:.0f} a second", static_cast<double>(progress.runs) / seconds);
  out += fmt::format("; {} of {} moves tried alone; {} behaviours seen", progress.moves_tried, progress.moves, progress.covered);
  for (const auto& [vm, edges] : progress.edges)
    if (edges > 0) out += fmt::format(", {} of them edges of {}'s program", edges, vm);
  out += fmt::format("; {} found", progress.finds.size());
  if (progress.again > 0) out += fmt::format(", {} times more by the same causes", progress.again);
  return out;
}

std::string uncovered_text(const Progress& progress) {
  std::string out;
  for (const auto& [vm, edges] : progress.edges)
    if (edges == 0)
      out += fmt::format("{}: its program tells no coverage, since it was not built with -fsanitize-coverage: only what it calls guides the search\n", vm);
  return out;
}

std::string title_of(const Find& find) {
  std::string steps;
  for (const auto& step : find.attack) {
    const std::string one = step.verb.value + " at " + (step.at ? step.at->value : "tsm0.call");
    if (steps.find(one) == steps.npos) steps += (steps.empty() ? "" : ", ") + one;
  }
  const auto promises = promises_of(find.verdict);
  return fmt::format("Found by exploring: {} breaks {}", steps, promises.empty() ? "nothing" : trust::name_of(promises[0]));
}

std::string file_text(const Target& target, const Find& find) {
  Observed observed{find.verdict, {}};
  if (!target.lift.empty()) {
    Target whole = target;
    whole.lift.clear();
    auto tried = try_attack(whole, find.attack);
    if (tried.kind == Tried::Kind::kPlayed) observed.whole = std::move(tried.verdict);
  }
  const auto why = fmt::format("{}. Shrunk from {} steps.", find.verdict.breaches.empty() ? "" : find.verdict.breaches[0].what, find.steps_before);
  return scenario_text(target, find.attack, title_of(find), why, observed);
}

boost::json::object findings_object(const Target& target, const Options& options, const Progress& progress) {
  boost::json::array finds, lifted, bugs;
  boost::json::object edges;
  for (const auto& [vm, count] : progress.edges) edges[vm] = count > 0 ? boost::json::value(count) : boost::json::value();
  for (const auto& find : progress.finds) {
    boost::json::array steps, promises, by;
    for (const auto& step : find.attack) steps.emplace_back(step_text(step));
    for (const auto promise : promises_of(find.verdict)) promises.emplace_back(trust::name_of(promise));
    for (const auto& one : find.cause.by) by.emplace_back(one);
    finds.push_back({{"run", find.run}, {"promise", std::move(promises)}, {"broke", find.cause.broke}, {"by", std::move(by)}, {"attack", std::move(steps)}, {"steps_before", find.steps_before}});
  }
  for (const auto& id : target.lift) lifted.emplace_back(id);
  for (const auto& [attack, why] : progress.bugs) {
    boost::json::array steps;
    for (const auto& step : attack) steps.emplace_back(step_text(step));
    bugs.push_back({{"why", why}, {"attack", std::move(steps)}});
  }
  return {{"format", 1},
          {"machine", target.scenario.machines.at(0).path.value},
          {"platform", target.platform},
          {"lift", std::move(lifted)},
          {"seed", options.seed},
          {"runs", progress.runs},
          {"refused", progress.refused},
          {"moves", progress.moves},
          {"moves_tried", progress.moves_tried},
          {"behaviours", progress.covered},
          {"edges", std::move(edges)},
          {"again", progress.again},
          {"exhausted", progress.exhausted},
          {"finds", std::move(finds)},
          {"contradictions", std::move(bugs)}};
}

}  // namespace explore
