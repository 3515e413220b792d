#include "scenarios/web/matrix_json.h"

#include <algorithm>
#include <boost/json.hpp>

#include "scenarios/engine/engine.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/matrix_files.h"
#include "scenarios/web/matrix_words.h"

namespace web {

namespace json = boost::json;

namespace {

json::array array_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }
json::array array_of(const std::vector<load::Text>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text.value);
  return out;
}
json::object object_of(const std::map<std::string, load::Text>& texts) {
  json::object out;
  for (const auto& [key, text] : texts) out[key] = text.value;
  return out;
}

// attack and platform -> what each source says of the cell: [source, says, differs]
using Claims = std::map<std::pair<std::string, std::string>, json::array>;
Claims claims_by_cell(const MatrixContents& contents) {
  Claims out;
  for (std::size_t i = 0; i < contents.sources.size(); ++i)
    for (const auto& claim : contents.claims[i])
      out[{claim.attack, claim.platform}].push_back(json::array{contents.sources[i], claim.says, claim.differs()});
  return out;
}

json::object cell_object(const report::Cell& cell, const Claims& claims) {
  json::object out{{"observed", cell.observed}, {"expected", cell.expected}, {"agrees", cell.agrees}, {"defence", array_of(cell.defence)},
                   {"promise", array_of(cell.promise)}, {"mismatches", array_of(cell.mismatches)}};
  if (!cell.observed_hardened.empty()) out["hardened"] = cell.observed_hardened, out["expectedHardened"] = cell.expected_hardened;
  if (!cell.reason.empty()) out["reason"] = cell.reason;
  json::array checks;
  for (const auto& check : cell.checks) checks.push_back(json::array{check.label, check.expected, check.observed, check.agrees});
  out["checks"] = std::move(checks);
  const auto said = claims.find({cell.attack, cell.platform});
  out["claims"] = said == claims.end() ? json::array{} : said->second;
  return out;
}

json::array steps_of(const load::Scenario& scenario) {
  json::array out;
  for (const auto& variant : scenario.variants) {
    json::array steps;
    for (const auto& step : variant.steps) steps.emplace_back(sentence_of(step));
    out.push_back(json::object{{"name", variant.name}, {"steps", std::move(steps)}});
  }
  return out;
}

json::array sources_of(const load::Scenario& scenario) {
  json::array out;
  for (const auto& source : scenario.sources)
    out.push_back(json::object{{"key", source.key}, {"cite", source.cite.value}, {"quote", source.quote ? source.quote->value : ""},
                               {"says", object_of(source.says)}});
  return out;
}

json::value catalogue_of(const load::Scenario& scenario, const std::vector<load::CatalogueRow>& rows) {
  if (!scenario.catalogue) return nullptr;
  const auto row = std::ranges::find(rows, scenario.catalogue->value, &load::CatalogueRow::id);
  if (row == rows.end()) return nullptr;
  return json::object{{"id", row->id}, {"name", row->name}, {"source", row->source}, {"adversary", row->adversary}, {"steps", row->steps},
                      {"violates", array_of(row->violates)}, {"mechanism", row->mechanism}, {"why", row->why}, {"evidence", row->evidence},
                      {"verified", json::array(row->verified.begin(), row->verified.end())}};
}

json::object attack_object(const load::Scenario& scenario, const MatrixContents& contents, const report::CellsByName& cells,
                           const Claims& claims) {
  json::object of_platform;
  for (const auto& column : contents.columns)
    if (const auto found = cells.find({scenario.id, column}); found != cells.end()) of_platform[column] = cell_object(*found->second, claims);
  json::array guests, machines;
  for (const auto& thread : scenario.guest) {
    std::string words = thread.vm + (thread.name.empty() ? "" : "." + thread.name) + ": " + thread.program.value;
    for (const auto& arg : thread.args) words += " " + arg;
    guests.emplace_back(words);
  }
  for (const auto& machine : scenario.machines) machines.emplace_back(machine.path.value);
  std::string afterwards;
  if (report::has_retry(scenario)) afterwards = "an honest retry ends with " + report::sentence_of(*scenario.afterwards);
  else if (scenario.afterwards && scenario.afterwards->why_none) afterwards = "no retry: " + scenario.afterwards->why_none->value;
  return {{"id", scenario.id}, {"title", scenario.title.value}, {"why", scenario.why ? scenario.why->value : ""},
          {"group", report::folder_of(scenario)}, {"page", has_run(contents.matrix, scenario.id) ? run_file(scenario.id) : ""},
          {"by", array_of(adversaries_of(scenario))}, {"breaks", array_of(promises_of(scenario))}, {"threats", array_of(scenario.threat)},
          {"assumes", array_of(scenario.assumes)}, {"guests", std::move(guests)}, {"machines", std::move(machines)},
          {"variants", steps_of(scenario)}, {"sources", sources_of(scenario)}, {"catalogue", catalogue_of(scenario, contents.rows)},
          {"afterwards", afterwards}, {"cells", std::move(of_platform)}};
}

const char* name_of(trust::Act act) {
  switch (act) {
    case trust::Act::kRefuse: return "refuses";
    case trust::Act::kWithhold: return "withholds";
    case trust::Act::kDetect: return "detects";
  }
  return "?";
}

// The rows of the files that lift the defence: [attack, platforms, profile, lifted, what it says comes of it]
json::array rows_lifting(std::string_view id, const std::vector<load::Scenario>& scenarios) {
  json::array out;
  for (const auto& scenario : scenarios)
    for (const auto& row : scenario.without)
      if (std::ranges::any_of(row.lift, [&](const auto& text) { return text.value == id; }))
        out.push_back(json::array{scenario.id, row.platforms.empty() ? array_of(report::platforms_of(scenario)) : array_of(row.platforms),
                                  report::profile_of(row), array_of(row.lift), report::sentence_of(row)});
  return out;
}

json::array defences_of(const MatrixContents& contents) {
  json::array out;
  for (const auto* defence : contents.defences) {
    json::object one{{"id", defence->id}, {"clause", defence->clause}, {"promise", defence->promise}, {"act", name_of(defence->act)},
                     {"conformance", defence->kind == trust::Kind::kConformance}, {"rows", rows_lifting(defence->id, contents.scenarios)}};
    for (const auto& kill : contents.kills)
      if (kill.defence == defence->id && !kill.attack.empty())
        one["kill"] = json::object{{"attack", kill.attack}, {"platform", kill.platform}, {"profile", kill.profile}, {"lifted", array_of(kill.lifted)}};
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

json::object matrix_object(const MatrixContents& contents) {
  const auto cells = report::by_name(contents.matrix);
  const auto claims = claims_by_cell(contents);
  json::array attacks, threats;
  for (const auto& scenario : contents.scenarios) attacks.push_back(attack_object(scenario, contents, cells, claims));
  for (const auto& item : contents.coverage.items)
    threats.push_back(json::object{{"id", item.threat->id}, {"kind", engine::name_of(item.threat->kind)}, {"about", item.threat->about},
                                   {"attacks", array_of(item.scenarios)}});
  return {{"columns", array_of(contents.columns)}, {"attacks", std::move(attacks)}, {"defences", defences_of(contents)},
          {"threats", std::move(threats)}, {"untagged", array_of(contents.coverage.untagged)}};
}

}  // namespace web
