#include "scenarios/glacis/bundle.h"

#include <boost/json.hpp>

#include "scenarios/load/document.h"
#include "scenarios/report/json_text.h"

namespace glacis {

namespace json = boost::json;

namespace {

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

}  // namespace

std::string bundle_of(const Home& home, const load::Scenario& scenario, const Call& call) {
  // Machine files build on one another; together they are small, so all of them go along.
  json::object machines;
  for (const auto& file : files_under(home.scenarios() + "/machines", ".yaml"))
    machines[file.substr(home.scenarios().size() + 1)] = load::read_text(file);
  return report::indented(json::object{{"format", 1},
                                       {"version", std::string(kVersion)},
                                       {"compiler", __VERSION__},
                                       {"seed", call.seed},
                                       {"profile", call.profile},
                                       {"platforms", array_of(call.platforms)},
                                       {"lift", array_of(call.lift)},
                                       {"set", array_of(call.set)},
                                       {"weather", array_of(call.weather)},
                                       {"id", scenario.id},
                                       {"scenario", load::read_text(scenario.file)},
                                       {"machines", std::move(machines)}});
}

}  // namespace glacis
