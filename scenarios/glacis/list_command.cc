// `glacis list` and `glacis explain`: what files may name, and what each name means.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/knobs.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/report/against.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/contract.h"

namespace glacis {

namespace {

void print(const std::vector<engine::Named>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.name.size());
  for (const auto& row : rows)
    fmt::print("{}\n", row.about.empty() ? row.name : fmt::format("{:<{}}  {}", row.name, width, row.about));
}

std::vector<engine::Named> defences() {
  std::vector<engine::Named> out;
  for (const auto* defence : engine::all_defences())
    out.push_back(
        {std::string(defence->id), fmt::format("{} [{}]{}", defence->promise, defence->clause,
                                               defence->kind == trust::Kind::kConformance ? " (conformance)" : "")});
  return out;
}

std::vector<engine::Named> scenarios(const Home& home) {
  std::vector<engine::Named> out;
  for (const auto& scenario : home.all_scenarios()) out.push_back({scenario.id, scenario.title.value});
  return out;
}

// What `matrix --against` takes; each with the citation that the first file gives.
std::vector<engine::Named> sources(const Home& home) {
  const auto all = home.all_scenarios();
  std::vector<engine::Named> out;
  for (const auto& key : report::source_keys(all)) {
    const auto files = report::spoken_of_by(key, all);
    std::string cite = "what an attack catalogue says of its rows";
    for (const auto& source : files.front().sources)
      if (source.key == key) cite = source.cite.value;
    out.push_back({key, fmt::format("{} ({} attack{})", cite, files.size(), files.size() == 1 ? "" : "s")});
  }
  return out;
}

std::vector<engine::Named> machines(const Home& home) {
  std::vector<engine::Named> out;
  for (const auto& file : home.machine_files()) {
    auto document = load::load_document(home.scenarios() + "/" + file);
    const auto* title = document.find("machine");
    out.push_back({file, title ? title->text : ""});
  }
  return out;
}

std::vector<std::string> rows_naming(const load::Scenario& scenario, std::string_view id) {
  std::vector<std::string> out;
  auto look = [&](const std::vector<load::Row>& rows, const char* where) {
    for (const auto& row : rows) {
      auto names = [&](const std::vector<load::Text>& texts) {
        return std::any_of(texts.begin(), texts.end(), [&](const load::Text& text) { return text.value == id; });
      };
      if (!names(row.by) && !names(row.lift)) continue;
      auto lifted = row.lift.empty() ? "" : " " + report::joined(row.lift);
      auto on = row.platforms.empty() ? "" : " on " + report::joined(row.platforms);
      out.push_back(fmt::format("{}{}: {}{}", where, lifted, report::sentence_of(row), on));
    }
  };
  look(scenario.expect, "expect");
  look(scenario.without, "without");
  look(scenario.with, "with");
  return out;
}

const char* act_of(trust::Act act) {
  switch (act) {
    case trust::Act::kRefuse:
      return "refuses (an attack it stops is blocked)";
    case trust::Act::kWithhold:
      return "withholds (an attack it stops is blocked)";
    case trust::Act::kDetect:
      return "detects (an attack it stops is detected)";
  }
  return "";
}

void explain_defence(const trust::Defence& defence, const Home& home) {
  fmt::print("{}\n  {}\n  clause: {}\n  {}\n", defence.id, defence.promise, defence.clause, act_of(defence.act));
  if (defence.kind == trust::Kind::kConformance)
    fmt::print("  a conformance row: no attack needs it yet, and it cannot be lifted\n");
  for (const auto& scenario : home.all_scenarios()) {
    auto rows = rows_naming(scenario, defence.id);
    if (!rows.empty()) fmt::print("  {} ({})\n", scenario.id, scenario.title.value);
    for (const auto& row : rows) fmt::print("    {}\n", row);
  }
}

std::vector<engine::Named> cells(const Home& home) {
  std::vector<engine::Named> out;
  for (const auto& scenario : home.all_scenarios())
    out.push_back({std::filesystem::path(scenario.file).lexically_relative(home.catalogue()).replace_extension().string(),
                   fmt::format("{}", fmt::join(report::platforms_of(scenario), " "))});
  return out;
}

void explain_scenario(const load::Scenario& scenario) {
  fmt::print("{}\n  {} ({})\n", scenario.title.value, scenario.id, scenario.file);
  if (scenario.why) fmt::print("  why: {}\n", scenario.why->value);
  for (const auto& source : scenario.sources) fmt::print("  source: {}\n", source.cite.value);
  for (const auto& text : scenario.assumes) fmt::print("  assumes: {}\n", text.value);
  for (const auto& contract : report::contracts_of(scenario))
    for (const auto& line : report::lines_of(contract)) fmt::print("  a guest of yours: {}\n", line);
  auto tell = [](const std::vector<load::Row>& rows, const char* where) {
    for (const auto& row : rows) {
      auto words = std::string(where);
      if (!row.lift.empty()) words += " " + report::joined(row.lift);
      for (const auto& [key, value] : row.set) words += " " + key + ": " + value.value;
      if (row.profile) words += " (" + row.profile->value + ")";
      if (!row.platforms.empty()) words += " on " + report::joined(row.platforms);
      fmt::print("  {}: {}\n", words, report::sentence_of(row));
      for (const auto* defence : engine::all_defences())
        for (const auto& id : row.by)
          if (id.value == defence->id) fmt::print("    {} [{}]\n", defence->promise, defence->clause);
    }
  };
  tell(scenario.expect, "expect");
  tell(scenario.without, "without");
  tell(scenario.with, "with");
  if (report::has_retry(scenario)) {
    std::vector<std::string> words;
    for (const auto& part : scenario.afterwards->reset) words.push_back(part.value + " is reset");
    words.push_back(report::sentence_of(*scenario.afterwards));
    fmt::print("  afterwards: {}\n", report::joined(words));
  } else if (scenario.afterwards) {
    fmt::print("  afterwards: no retry: {}\n", scenario.afterwards->why_none->value);
  }
  for (const auto& [platform, reason] : scenario.n_a) fmt::print("  n/a on {}: {}\n", platform, reason.value);
}

void explain(const Home& home, const std::string& name) {
  load::Names known;
  for (const auto* defence : engine::all_defences()) {
    if (defence->id == name) return explain_defence(*defence, home);
    known.patterns.emplace_back(defence->id);
  }
  std::error_code error;
  if (std::filesystem::exists(name, error)) return explain_scenario(home.scenario(name));
  for (const auto& file : home.scenario_files()) {
    std::string id = std::filesystem::path(file).stem();
    if (id == name) return explain_scenario(home.scenario(file));
    known.patterns.push_back(id);
  }
  auto near = load::nearest(name, known.patterns);
  throw base::UserError("unknown defence or scenario `" + name + "`" +
                        (near ? "; did you mean `" + *near + "`?" : "; see `glacis list defences`"));
}

}  // namespace

void add_list(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("list", "the names that files may use");
  command->require_subcommand(1);
  auto add = [&](const char* name, const char* what, std::function<std::vector<engine::Named>()> rows) {
    command->add_subcommand(name, what)->callback([rows] { print(rows()); });
  };
  add("platforms", "kinds of protection: platforms, --platform", [] { return engine::platforms(); });
  add("verbs", "what an adversary can do: do", [] { return engine::verbs(); });
  add("boundaries", "where an adversary can stand: at", [] { return engine::boundaries(); });
  add("defences", "checks, each with its clause: by and lift, --lift", defences);
  add("promises", "what is promised to a guest: promise", [] { return engine::promises(); });
  add("machines", "what is put together: machine", [&session] { return machines(session.home); });
  add("scenarios", "attacks of the catalogue, for run and explain", [&session] { return scenarios(session.home); });
  add("cells", "files of the catalogue with the platforms of each, for loops of your own", [&session] { return cells(session.home); });
  add("sources", "publications, for matrix --against", [&session] { return sources(session.home); });
  add("programs", "what a guest runs: guest", [] { return engine::programs(); });
  add("weather", "honest disturbances: weather, --weather", [] { return engine::weathers(); });
  add("positions", "who attacks, and at which boundaries: by", [] { return engine::positions(); });
  add("knobs", "settings behind the catalogue's knobs: --set", [] {
    std::vector<engine::Named> out;
    for (const auto& knob : engine::catalogue_knobs())
      out.push_back({std::string(knob.catalogue), "{ " + std::string(knob.setting) + ": " + std::string(knob.value) + " }"});
    return out;
  });
}

void add_explain(CLI::App& app, Session& session) {
  auto name = std::make_shared<std::string>();
  auto* command = app.add_subcommand("explain", "a defence (clause, promise, who names it) or a scenario");
  command->add_option("NAME", *name, "a defence's id, a scenario's id or file")->required();
  command->callback([&session, name] { explain(session.home, *name); });
}

}  // namespace glacis
