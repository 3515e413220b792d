#pragma once
// The attack catalogue, read from its CSV (RFC 4180 quoting). Columns are found by the names of the header line.
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace load {

// Columns of the catalogue, by the names that scenario files use.
inline constexpr std::array<std::string_view, 8> kCataloguePlatforms = {"none", "sev", "sev-es", "snp",
                                                                        "tdx",  "cca", "pkvm",   "cove"};

// S broken, B blocked, D detected, X out of scope, N not there. A conditional cell says what any of its knobs makes.
struct Cell {
  char baseline = 'N';
  std::optional<char> toggled;
  std::vector<std::string> knobs;
  friend bool operator==(const Cell&, const Cell&) = default;
};

struct CatalogueRow {
  std::string id, group, name, source, adversary, steps;
  std::vector<std::string> violates;  // empty where the catalogue writes `-`
  std::string mechanism;
  std::map<std::string, Cell> cells;  // by platform
  std::set<std::string> verified;     // platforms whose cell a source states
  bool platform_independent = false;
  std::string why, evidence;
  int line = 0;
};

// Throws base::UserError with `file:line:column`.
std::vector<CatalogueRow> parse_catalogue(std::string_view text, const std::string& file);
std::vector<CatalogueRow> load_catalogue(const std::string& path);

// Empty when the text is no cell.
std::optional<Cell> parse_cell(std::string_view text);

// The catalogue's letter as an outcome: "broken", "blocked", "detected", "stopped", or "n/a".
std::string_view outcome_of(char letter);

}  // namespace load
