#include "scenarios/report/against.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenarios/report/compare.h"

namespace report {

namespace {

const load::Source* source_of(const load::Scenario& scenario, std::string_view key) {
  for (const auto& source : scenario.sources)
    if (source.key == key && !source.says.empty()) return &source;
  return nullptr;
}

const load::CatalogueRow* row_of(const load::Scenario& scenario, const std::vector<load::CatalogueRow>& rows) {
  if (!scenario.catalogue) return nullptr;
  for (const auto& row : rows)
    if (row.id == scenario.catalogue->value) return &row;
  return nullptr;
}

std::string cite_of(const load::CatalogueRow& row, const std::string& platform) {
  return fmt::format("{}, {} ({})", row.id, row.verified.contains(platform) ? "read in a source" : "recalled",
                     row.source);
}

// What is said of the file on a platform; `says` is empty where nothing is.
Claimed claim_of(std::string_view key, const load::Scenario& scenario, const std::string& platform,
                 const std::vector<load::CatalogueRow>& rows) {
  Claimed out{scenario.id, platform, "", "", "", "", ""};
  if (key == kCatalogueSource) {
    const load::CatalogueRow* row = row_of(scenario, rows);
    if (row == nullptr || !row->cells.contains(platform)) return out;
    out.says = load::outcome_of(row->cells.at(platform).baseline);
    out.cite = cite_of(*row, platform);
  } else if (const load::Source* source = source_of(scenario, key)) {
    const auto said = source->says.find(platform);
    if (said == source->says.end()) return out;
    out.says = said->second.value;
    out.cite = source->cite.value;
  }
  return out;
}

std::string count(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

}  // namespace

std::vector<std::string> source_keys(const std::vector<load::Scenario>& scenarios) {
  std::set<std::string> keys{std::string(kCatalogueSource)};
  for (const auto& scenario : scenarios)
    for (const auto& source : scenario.sources)
      if (!source.says.empty()) keys.insert(source.key);
  return {keys.begin(), keys.end()};
}

std::vector<load::Scenario> spoken_of_by(std::string_view source, const std::vector<load::Scenario>& scenarios) {
  std::vector<load::Scenario> out;
  for (const auto& scenario : scenarios)
    if (source == kCatalogueSource ? scenario.catalogue.has_value() : source_of(scenario, source) != nullptr)
      out.push_back(scenario);
  return out;
}

std::vector<Claimed> claims_of(std::string_view source, const Matrix& matrix,
                               const std::vector<load::Scenario>& scenarios,
                               const std::vector<load::CatalogueRow>& rows, const std::vector<std::string>& columns) {
  const CellsByName cells = by_name(matrix);
  std::vector<Claimed> out;
  for (const auto& scenario : scenarios) {
    for (const auto& platform : columns) {
      Claimed claim = claim_of(source, scenario, platform, rows);
      if (claim.says.empty()) continue;
      if (const auto found = cells.find({scenario.id, platform}); found != cells.end()) {
        claim.observed = found->second->observed;
        claim.through = joined(found->second->promise.empty() ? found->second->defence : found->second->promise);
      }
      for (const auto& other : scenario.sources) {
        const auto said = other.says.find(platform);
        if (other.key != source && said != other.says.end() && said->second.value == claim.observed)
          claim.other_cite = other.cite.value;
      }
      out.push_back(std::move(claim));
    }
  }
  return out;
}

std::string text_of(std::string_view source, const std::vector<Claimed>& claims) {
  std::vector<std::vector<std::string>> rows{{" ", "attack", "platform", "says", "observed", "through"}};
  std::set<std::string> attacks;
  std::size_t agree = 0, differ = 0;
  std::string wrong;
  for (const auto& claim : claims) {
    attacks.insert(claim.attack);
    agree += claim.agrees();
    differ += claim.differs();
    rows.push_back({claim.agrees()    ? "="
                    : claim.differs() ? "!"
                                      : "-",
                    claim.attack, claim.platform, claim.says, claim.observed.empty() ? "-" : claim.observed,
                    claim.through});
    if (!claim.differs()) continue;
    wrong += fmt::format("! {} {}: observed {}{}, {} says {}\n    said in: {}\n", claim.attack, claim.platform,
                         claim.observed, claim.through.empty() ? "" : " (" + claim.through + ")", source, claim.says,
                         claim.cite);
    if (!claim.other_cite.empty()) wrong += fmt::format("    as observed: {}\n", claim.other_cite);
  }
  const std::size_t silent = claims.size() - agree - differ;
  return aligned(rows) + wrong +
         fmt::format("{} says something of {} in {}: {} (=), {} (!), {} not played here (-)\n", source,
                     count(claims.size(), "cell", "cells"), count(attacks.size(), "attack", "attacks"),
                     count(agree, "agrees", "agree"), count(differ, "differs", "differ"), silent);
}

}  // namespace report
