#include "scenarios/explore/findings.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "platform/base/user_error.h"
#include "scenarios/engine/rights.h"
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

std::string title_of(const Find& find) {
  std::string steps;
  for (const auto& step : find.attack) {
    const std::string one = step.verb.value + " at " + engine::boundary_of(step);
    if (steps.find(one) == steps.npos) steps += (steps.empty() ? "" : ", ") + one;
  }
  const auto promises = promises_of(find.verdict);
  return fmt::format("Found by exploring: {} breaks {}", steps, promises.empty() ? "nothing" : trust::name_of(promises[0]));
}

std::string file_text(const Target& target, const Find& find) {
  Observed observed{find.verdict, {}, {}};
  Target whole = target;
  whole.lift.clear();
  const auto observe = [&](std::optional<engine::Verdict>& into) {
    auto tried = try_attack(whole, find.attack);
    if (tried.kind == Tried::Kind::kPlayed) into = std::move(tried.verdict);
  };
  if (!target.lift.empty()) observe(observed.whole);
  whole.set["profile"] = "baseline";
  if (profile_of(target) != "baseline") observe(observed.baseline);
  const auto why = fmt::format("{}. Shrunk from {} steps.", find.verdict.breaches.empty() ? "" : find.verdict.breaches[0].what, find.steps_before);
  return scenario_text(target, find.attack, title_of(find), why, observed);
}

boost::json::object findings_object(const Target& target, const Options& options, const Progress& progress) {
  boost::json::array finds, lifted, bugs, positions;
  boost::json::object edges;
  for (const auto& [vm, count] : progress.edges) edges[vm] = count > 0 ? boost::json::value(count) : boost::json::value();
  for (const auto& find : progress.finds) {
    boost::json::array steps, breaches, by, promises;
    for (const auto promise : promises_of(find.verdict)) promises.emplace_back(trust::name_of(promise));
    for (const auto& step : find.attack) steps.emplace_back(step_text(step));
    for (const auto& breach : find.verdict.breaches) breaches.emplace_back(fmt::format("{}: {}", trust::name_of(breach.promise), breach.what));
    for (const auto& one : find.cause.by) by.emplace_back(one);
    finds.push_back({{"title", title_of(find)}, {"promise", std::move(promises)}, {"broke", find.cause.broke}, {"by", std::move(by)}, {"breaches", std::move(breaches)}, {"attack", std::move(steps)},
                     {"run", find.run}, {"steps_before", find.steps_before}, {"runs_to_shrink", find.runs_to_shrink}, {"scenario", file_text(target, find)}});
  }
  for (const auto& id : target.lift) lifted.emplace_back(id);
  for (const auto& position : options.allowed) positions.emplace_back(position);
  for (const auto& [attack, why] : progress.bugs) {
    boost::json::array steps;
    for (const auto& step : attack) steps.emplace_back(step_text(step));
    bugs.push_back({{"why", why}, {"attack", std::move(steps)}});
  }
  return {{"format", 1}, {"machine", target.scenario.machines.at(0).path.value}, {"platform", target.platform}, {"profile", profile_of(target)}, {"lift", std::move(lifted)},
          {"adversary", std::move(positions)}, {"seed", options.seed}, {"runs", progress.runs}, {"refused", progress.refused}, {"moves", progress.moves},
          {"moves_tried", progress.moves_tried}, {"behaviours", progress.covered}, {"edges", std::move(edges)}, {"elsewhere", progress.elsewhere}, {"again", progress.again},
          {"exhausted", progress.exhausted}, {"finds", std::move(finds)}, {"contradictions", std::move(bugs)}};
}

namespace {

constexpr const char* kSums[] = {"runs", "refused", "moves_tried", "elsewhere", "again"};
constexpr const char* kSame[] = {"format", "machine", "platform", "profile", "lift", "adversary", "seed"};

Cause cause_in(const boost::json::object& find) {
  Cause out{std::string(find.at("broke").as_string()), {}};
  for (const auto& one : find.at("by").as_array()) out.by.emplace(one.as_string());
  return out;
}

boost::json::object joined_or_throw(const std::vector<boost::json::object>& pieces) {
  auto out = pieces.at(0);
  std::vector<Cause> causes;
  boost::json::array finds, bugs;
  std::uint64_t again = 0;
  for (const auto& piece : pieces) {
    for (const char* key : kSame)
      if (piece.at(key) != out.at(key)) throw base::UserError(fmt::format("the pieces differ in `{}`: they are not of one search", key));
    for (const auto& find : piece.at("finds").as_array()) {
      const auto cause = cause_in(find.as_object());
      if (std::any_of(causes.begin(), causes.end(), [&](const Cause& known) { return contains(cause, known); })) {
        ++again;
        continue;
      }
      causes.push_back(cause);
      finds.push_back(find);
    }
    for (const auto& bug : piece.at("contradictions").as_array()) bugs.push_back(bug);
    if (&piece == &pieces[0]) continue;
    for (const char* key : kSums) out[key] = out.at(key).to_number<std::uint64_t>() + piece.at(key).to_number<std::uint64_t>();
    // How many behaviours they saw together no piece knows; the most that one saw is sure.
    for (const char* key : {"behaviours", "moves"}) out[key] = std::max(out.at(key).to_number<std::uint64_t>(), piece.at(key).to_number<std::uint64_t>());
    for (const auto& [vm, count] : piece.at("edges").as_object()) {
      auto& most = out.at("edges").as_object()[vm];
      if (!count.is_null() && (most.is_null() || count.to_number<std::uint64_t>() > most.to_number<std::uint64_t>())) most = count;
    }
    out["exhausted"] = out.at("exhausted").as_bool() && piece.at("exhausted").as_bool();
  }
  out["again"] = out.at("again").to_number<std::uint64_t>() + again;
  out["finds"] = std::move(finds);
  out["contradictions"] = std::move(bugs);
  return out;
}

}  // namespace

boost::json::object joined(const std::vector<boost::json::object>& pieces) {
  try {
    return joined_or_throw(pieces);
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw base::UserError(std::string("these are no findings of an exploration: ") + error.what());
  }
}

std::string text_of(const boost::json::object& findings) {
  std::string out;
  std::size_t number = 0;
  for (const auto& value : findings.at("finds").as_array()) {
    const auto& find = value.as_object();
    out += fmt::format("{}. {}\n", ++number, std::string_view(find.at("title").as_string()));
    for (const auto& breach : find.at("breaches").as_array()) out += fmt::format("   {}\n", std::string_view(breach.as_string()));
    for (const auto& step : find.at("attack").as_array()) out += fmt::format("   - {}\n", std::string_view(step.as_string()));
    out += fmt::format("   first seen in run {}, shrunk from {} to {} steps in {} runs\n", find.at("run").to_number<std::uint64_t>(),
                       find.at("steps_before").to_number<std::uint64_t>(), find.at("attack").as_array().size(), find.at("runs_to_shrink").to_number<std::uint64_t>());
  }
  for (const auto& value : findings.at("contradictions").as_array()) {
    out += fmt::format("the engine contradicts itself, which is a fault of Glacis: {}\n", std::string_view(value.as_object().at("why").as_string()));
    for (const auto& step : value.as_object().at("attack").as_array()) out += fmt::format("   - {}\n", std::string_view(step.as_string()));
  }
  const auto number_of = [&](const char* key) { return findings.at(key).to_number<std::uint64_t>(); };
  out += fmt::format("{} runs; {} of {} moves tried alone; {} behaviours seen", number_of("runs"), number_of("moves_tried"), number_of("moves"), number_of("behaviours"));
  std::string untold;
  for (const auto& [vm, edges] : findings.at("edges").as_object())
    if (edges.is_null())
      untold += fmt::format("{}: its program tells no coverage, since it was not built with -fsanitize-coverage: only what it calls guides the search\n", std::string_view(vm));
    else
      out += fmt::format(", {} of them edges of {}'s program", edges.to_number<std::uint64_t>(), std::string_view(vm));
  out += fmt::format("; {} found", number);
  if (number_of("again") > 0) out += fmt::format(", {} times more by the same causes", number_of("again"));
  if (number_of("elsewhere") > 0) out += fmt::format("; {} more break a promise with nothing lifted too", number_of("elsewhere"));
  return untold + out + (findings.at("exhausted").as_bool() ? "; nothing is left to try\n" : "\n");
}

}  // namespace explore
