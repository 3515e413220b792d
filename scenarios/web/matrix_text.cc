#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/compare.h"
#include "scenarios/web/matrix_table.h"
#include "scenarios/web/matrix_words.h"
#include "scenarios/web/page.h"

namespace web {

namespace {

std::string item(std::string_view name, std::string_view text) {
  return text.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(text));
}

std::string links(const std::vector<std::string>& attacks) {
  std::string out;
  for (const auto& id : attacks) out += fmt::format("{}<a href=\"#about.{}\">{}</a>", out.empty() ? "" : ", ", escaped(id), escaped(id));
  return out;
}

// A reason, and the platforms it is given for.
std::string reasons(const load::Scenario& scenario) {
  std::vector<std::pair<std::string, std::string>> told;
  for (const auto& [platform, why] : scenario.n_a) {
    const auto same = std::ranges::find(told, why.value, &std::pair<std::string, std::string>::first);
    if (same == told.end()) told.emplace_back(why.value, platform);
    else same->second += ", " + platform;
  }
  std::string out;
  for (const auto& [why, platforms] : told) out += fmt::format("<dt>n/a on {}</dt><dd>{}</dd>\n", escaped(platforms), escaped(why));
  return out.empty() ? "" : fmt::format("<div id=\"na.{}\">\n{}</div>\n", escaped(scenario.id), out);
}

std::string attack_html(const load::Scenario& scenario, const std::vector<load::CatalogueRow>& rows) {
  std::string out = fmt::format("<article id=\"about.{}\">\n<h3>{}: {}</h3>\n<dl>\n", escaped(scenario.id), escaped(scenario.id),
                                escaped(scenario.title.value));
  if (scenario.why) out += item("why", scenario.why->value);
  for (const auto& variant : scenario.variants)
    for (const auto& step : variant.steps) out += item(variant.name.empty() ? "step" : "step of " + escaped(variant.name), sentence_of(step));
  out += item("assumes", report::joined(scenario.assumes)) + reasons(scenario);
  for (const auto& source : scenario.sources) {
    std::string says;
    for (const auto& [platform, word] : source.says) says += (says.empty() ? " says " : ", ") + platform + ": " + word.value;
    out += item("source", source.cite.value + (source.quote ? ": \"" + source.quote->value + "\"" : "") + says);
  }
  if (scenario.catalogue)
    if (const auto row = std::ranges::find(rows, scenario.catalogue->value, &load::CatalogueRow::id); row != rows.end())
      out += item("catalogue", row->id + ": " + row->name + " (" + row->source + ")");
  return out + "</dl>\n</article>\n";
}

std::string defences_html(const MatrixContents& contents) {
  std::string out = "<h2>Defences</h2>\n<table>\n<tr><th>defence</th><th>clause</th><th>promise</th><th>attacks that need it</th></tr>\n";
  for (const auto* defence : contents.defences) {
    std::vector<std::string> needed;
    for (const auto& scenario : contents.scenarios)
      if (std::ranges::any_of(scenario.without, [&](const auto& row) {
            return std::ranges::any_of(row.lift, [&](const auto& text) { return text.value == defence->id; });
          }))
        needed.push_back(scenario.id);
    out += fmt::format("<tr><td id=\"defence.{}\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(defence->id), escaped(defence->id),
                       escaped(defence->clause), escaped(defence->promise),
                       defence->kind == trust::Kind::kConformance ? "a conformance row, which no attack needs" : links(needed));
  }
  return out + "</table>\n";
}

std::string threats_html(const report::Coverage& coverage) {
  std::string out = "<h2>Threat model</h2>\n<table>\n<tr><th>kind</th><th>item</th><th>what it is</th><th>attacks</th></tr>\n";
  for (const auto& one : coverage.items)
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", engine::name_of(one.threat->kind), one.threat->id,
                       escaped(one.threat->about), one.scenarios.empty() ? "<b>none</b>" : links(one.scenarios));
  return out + "</table>\n";
}

}  // namespace

std::string matrix_text(const MatrixContents& contents) {
  std::string out = "<h2>Attacks</h2>\n";
  for (const auto& scenario : contents.scenarios) out += attack_html(scenario, contents.rows);
  return out + defences_html(contents) + threats_html(contents.coverage);
}

}  // namespace web
