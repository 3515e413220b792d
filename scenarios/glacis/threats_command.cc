// `glacis threats`: the items of the threat model beside the scenarios that exercise them, and those that none does.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "scenarios/engine/threats.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/threat_coverage.h"

namespace glacis {

namespace {

using report::Coverage;

void print_text(const Coverage& coverage, bool names) {
  for (const auto& item : coverage.items) {
    fmt::print("{:<8} {:<21} {:>4}  {}\n", engine::name_of(item.threat->kind), item.threat->id, item.scenarios.size(), item.threat->about);
    if (names)
      for (const auto& id : item.scenarios) fmt::print("{:37}{}\n", "", id);
  }
  const auto none = report::uncovered(coverage);
  fmt::print("\n{} of {} items are exercised\n", coverage.items.size() - none.size(), coverage.items.size());
  if (!none.empty()) fmt::print("by no scenario: {}\n", report::joined(none));
  if (!coverage.untagged.empty()) fmt::print("scenarios that name no item: {}\n", report::joined(coverage.untagged));
}

void print_markdown(const Coverage& coverage) {
  fmt::print("| kind | item | what it is | scenarios |\n| --- | --- | --- | --- |\n");
  for (const auto& item : coverage.items) {
    const std::string by = item.scenarios.empty() ? "**none**" : fmt::format("{}: {}", item.scenarios.size(), report::joined(item.scenarios));
    fmt::print("| {} | `{}` | {} | {} |\n", engine::name_of(item.threat->kind), item.threat->id, item.threat->about, by);
  }
  if (!coverage.untagged.empty()) fmt::print("\nScenarios that name no item: {}.\n", report::joined(coverage.untagged));
}

void print_json(const Coverage& coverage) {
  const auto list = [](const std::vector<std::string>& texts) { return boost::json::array(texts.begin(), texts.end()); };
  boost::json::array items;
  for (const auto& item : coverage.items)
    items.push_back({{"id", item.threat->id},
                     {"kind", engine::name_of(item.threat->kind)},
                     {"about", item.threat->about},
                     {"scenarios", list(item.scenarios)}});
  const boost::json::object out{{"format", 1}, {"items", items}, {"none", list(report::uncovered(coverage))}, {"untagged", list(coverage.untagged)}};
  fmt::print("{}\n", boost::json::serialize(out));
}

}  // namespace

void add_threats(CLI::App& app, Session& session) {
  struct Options {
    bool markdown = false, json = false, names = false;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("threats", "the threat model's items, and the scenarios that exercise each");
  auto* markdown = command->add_flag("--markdown", options->markdown, "a table for documents");
  command->add_flag("--json", options->json, "for programs")->excludes(markdown);
  command->add_flag("--scenarios", options->names, "with the scenarios' names");
  command->callback([&session, options] {
    const auto coverage = report::cover(session.home.all_scenarios());
    if (options->json) print_json(coverage);
    else if (options->markdown) print_markdown(coverage);
    else print_text(coverage, options->names);
  });
}

}  // namespace glacis
