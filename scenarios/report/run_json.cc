#include "scenarios/report/run_json.h"

#include <boost/json.hpp>

#include "scenarios/report/compare.h"

namespace report {

namespace json = boost::json;

namespace {

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

json::object object_of(const std::map<std::string, std::string>& map) {
  json::object out;
  for (const auto& [key, value] : map) out[key] = value;
  return out;
}

json::array play_array(const engine::Verdict& verdict) {
  json::array out;
  for (const auto& line : engine::lines_of(verdict.trace))
    out.push_back(
        json::object{{"time_ps", line.time}, {"actor", line.actor}, {"text", line.text}, {"clause", line.clause}});
  return out;
}

}  // namespace

json::object run_object(const Told& told, const engine::Verdict& verdict, const Cell* cell) {
  json::array breaches, spoken;
  for (const auto& breach : verdict.breaches)
    breaches.push_back(json::object{
        {"promise", std::string(trust::name_of(breach.promise))}, {"what", breach.what}, {"time_ps", breach.time}});
  for (const auto& one : verdict.spoken)
    spoken.push_back(json::object{{"defence", one.defence}, {"at", one.at}, {"time_ps", one.time}});
  json::object out{{"attack", told.scenario->id},
                   {"platform", told.platform},
                   {"seed", told.seed},
                   {"profile", told.profile},
                   {"lift", array_of(told.lift)},
                   {"set", object_of(told.set)},
                   {"weather", array_of(told.weather)},
                   {"observed", std::string(engine::name_of(verdict.outcome))},
                   {"defence", array_of(defences_of(verdict))},
                   {"promise", array_of(promises_of(verdict))},
                   {"breaches", std::move(breaches)},
                   {"spoken", std::move(spoken)},
                   {"missed", array_of(verdict.missed)},
                   {"ends", object_of(verdict.ends)},
                   {"assumed", array_of(verdict.assumed)},
                   {"conventions", array_of(verdict.conventions)},
                   {"limit", verdict.limit},
                   {"time_ps", verdict.time},
                   {"events", verdict.events},
                   {"play", play_array(verdict)}};
  if (verdict.retry) {
    json::array again;
    for (const auto& breach : verdict.retry->breaches)
      again.push_back(json::object{{"promise", std::string(trust::name_of(breach.promise))}, {"what", breach.what}});
    std::map<std::string, std::string> wanted;
    for (const auto& [part, state] : told.scenario->afterwards->ends) wanted[part] = state.value;
    out["afterwards"] = json::object{{"expected", object_of(wanted)},
                                     {"ends", object_of(verdict.retry->ends)},
                                     {"stopped", object_of(verdict.retry->stopped)},
                                     {"breaches", std::move(again)},
                                     {"limit", verdict.retry->limit},
                                     {"agrees", differences(verdict, *told.scenario->afterwards).empty()}};
  }
  if (cell) {
    out["expected"] = cell->expected;
    out["agrees"] = cell->agrees;
    out["mismatches"] = array_of(cell->mismatches);
  }
  return out;
}

}  // namespace report
