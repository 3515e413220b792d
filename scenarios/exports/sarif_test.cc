#include "scenarios/exports/sarif.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "scenarios/exports/test_film.h"
#include "scenarios/report/junit.h"

namespace exports {
namespace {

namespace json = boost::json;

load::Scenario scenario_with_rows() {
  auto out = test_scenario();
  load::Row row;
  row.outcome = {"blocked", {7, 30}};
  row.pos = {7, 5};
  out.expect.push_back(row);
  row.lift = {{"rmp.access.gpa", {}}};
  row.pos = {9, 5};
  out.without.push_back(row);
  return out;
}

report::Cell cell_of(std::vector<report::Check> checks) {
  report::Cell out;
  out.attack = "storm", out.platform = "snp", out.observed = "broken", out.expected = "blocked";
  for (const auto& check : checks)
    if (!check.agrees) out.mismatches.push_back(check.label + ": expected " + check.expected + "; it was " + check.observed);
  out.agrees = out.mismatches.empty();
  out.checks = std::move(checks);
  return out;
}

json::object run_of(const std::string& text) { return json::parse(text).at("runs").at(0).as_object(); }

TEST(Sarif, PointsAtTheRowThatSaysOtherwise) {
  const auto scenario = scenario_with_rows();
  const auto cell = cell_of({{"expect", "blocked by rmp.access.gpa", "broken: integrity (x)", false},
                             {"without rmp.access.gpa", "broken: integrity", "blocked by rmp.access.gpa at cpu0", false},
                             {"honest", "held", "held", true}});
  const auto text = sarif_of({{&scenario, &cell, "a%20b.yaml"}}, "1");
  const auto run = run_of(text);
  const auto& results = run.at("results").as_array();
  ASSERT_EQ(results.size(), 2u);
  const auto& rules = run.at("tool").at("driver").at("rules").as_array();
  const int lines[] = {7, 9};
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& result = results[i].as_object();
    const auto& place = result.at("locations").at(0).at("physicalLocation").as_object();
    EXPECT_EQ(place.at("artifactLocation").at("uri"), "a%20b.yaml");
    EXPECT_EQ(place.at("region").at("startLine"), lines[i]);
    EXPECT_EQ(place.at("region").at("startColumn"), 5);
    EXPECT_EQ(result.at("level"), "error");
    EXPECT_EQ(rules.at(result.at("ruleIndex").to_number<std::size_t>()).at("id"), result.at("ruleId"));
    EXPECT_FALSE(result.at("partialFingerprints").at("primaryLocationLineHash").as_string().empty());
  }
  EXPECT_EQ(results[0].at("ruleId"), "promise.integrity");
  EXPECT_EQ(results[1].at("ruleId"), "rmp.access.gpa");
  EXPECT_NE(results[0].at("partialFingerprints"), results[1].at("partialFingerprints"));
  for (const auto& rule : rules) EXPECT_FALSE(rule.at("help").at("text").as_string().empty());
  EXPECT_EQ(text, sarif_of({{&scenario, &cell, "a%20b.yaml"}}, "1"));
}

TEST(Sarif, KnowsAResultAgainWhenItsLineMoves) {
  auto scenario = scenario_with_rows();
  const auto cell = cell_of({{"expect", "held", "broken: integrity (x)", false}});
  const auto before = run_of(sarif_of({{&scenario, &cell, "a.yaml"}}, "1"));
  scenario.expect[0].pos = {70, 1};
  const auto after = run_of(sarif_of({{&scenario, &cell, "a.yaml"}}, "2"));
  EXPECT_EQ(before.at("results").at(0).at("partialFingerprints"), after.at("results").at(0).at("partialFingerprints"));
  EXPECT_NE(before.at("results").at(0).at("locations"), after.at("results").at(0).at("locations"));
}

TEST(Sarif, NotesAPromiseThatBreaksAsExpectedAndNothingElse) {
  const auto scenario = scenario_with_rows();
  const auto broken = cell_of({{"expect", "broken: integrity", "broken: integrity (x)", true}, {"honest", "held", "held", true}});
  const auto blocked = cell_of({{"expect", "blocked by rmp.access.gpa", "blocked by rmp.access.gpa at cpu0", true}});
  const auto run = run_of(sarif_of({{&scenario, &broken, "a.yaml"}, {&scenario, &blocked, "a.yaml"}}, "1"));
  ASSERT_EQ(run.at("results").as_array().size(), 1u);
  EXPECT_EQ(run.at("results").at(0).at("level"), "note");
}

TEST(Sarif, TellsOfARunThatFailed) {
  const auto scenario = scenario_with_rows();
  report::Cell cell;
  cell.attack = "storm", cell.platform = "snp", cell.observed = "error", cell.mismatches = {"this program failed"}, cell.agrees = false;
  const auto run = run_of(sarif_of({{&scenario, &cell, "a.yaml"}}, "1"));
  EXPECT_EQ(run.at("results").at(0).at("ruleId"), "outcome");
}

TEST(Sarif, EncodesPaths) {
  EXPECT_EQ(uri_of("a b/c;[d]%.yaml"), "a%20b/c%3B%5Bd%5D%25.yaml");
  EXPECT_EQ(uri_of("/x/\xc3\xa4.yaml"), "file:///x/%C3%A4.yaml");
}

TEST(Junit, HasACaseForEachCheckAndSaysWhatDiffers) {
  auto cell = cell_of({{"expect", "held", "broken: <x>", false}, {"honest", "held", "held", true}});
  report::Cell absent;
  absent.attack = "storm", absent.platform = "cca", absent.observed = absent.expected = "n/a", absent.reason = "no \"RMP\"";
  const auto text = report::junit_of({cell, absent});
  EXPECT_NE(text.find("tests=\"3\" failures=\"1\" skipped=\"1\""), text.npos) << text;
  EXPECT_NE(text.find("name=\"snp: expect\">\n      <failure message=\"broken: &lt;x&gt;, expected held\">expect: expected held; it was broken: &lt;x&gt;</failure>"), text.npos) << text;
  EXPECT_NE(text.find("name=\"snp: honest\"/>"), text.npos);
  EXPECT_NE(text.find("name=\"cca\">\n      <skipped message=\"no &quot;RMP&quot;\"/>"), text.npos) << text;
  cell.mismatches.push_back("of no check");
  EXPECT_NE(report::junit_of({cell}).find(">of no check</failure>"), std::string::npos);
}

}  // namespace
}  // namespace exports
