#include "scenarios/report/matrix_files.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace report {

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kOutcomes[] = {"broken", "blocked", "detected", "stopped", "held", "inert", "error", "n/a", kUnplayed};

// `|` would end a cell.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return out;
}

std::string bold_where_broken(std::string text) {
  static constexpr std::string_view kBroken = "broken";
  for (std::size_t at = 0; (at = text.find(kBroken, at)) != text.npos; at += kBroken.size() + 4)
    text.replace(at, kBroken.size(), "**broken**");
  return text;
}

// The first row is the head; the source reads as a table too.
std::string markdown_table(const Rows& rows) {
  std::vector<std::size_t> widths(rows[0].size(), 3);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (std::size_t i = 0; i < rows[n].size(); ++i) out += fmt::format("| {:<{}} ", rows[n][i], widths[i]);
    out += "|\n";
    if (n != 0) continue;
    for (const auto width : widths) out += "| " + std::string(width, '-') + " ";
    out += "|\n";
  }
  return out;
}

std::string counts_table(const Matrix& matrix, const std::vector<std::string>& columns) {
  Rows rows(1, {"platform"});
  std::vector<const char*> outcomes;
  for (const char* outcome : kOutcomes) {
    const auto is = [&](const Cell& cell) { return cell.observed == outcome; };
    if (std::none_of(matrix.cells.begin(), matrix.cells.end(), is)) continue;
    outcomes.push_back(outcome);
    rows[0].push_back(outcome);
  }
  for (const auto& column : columns) {
    auto& row = rows.emplace_back(1, column);
    for (const char* outcome : outcomes)
      row.push_back(std::to_string(std::count_if(matrix.cells.begin(), matrix.cells.end(), [&](const Cell& cell) {
        return cell.platform == column && cell.observed == outcome;
      })));
  }
  return markdown_table(rows);
}

std::string reasons(const Matrix& matrix) {
  std::string out;
  std::map<std::string, std::vector<const Cell*>> cells;
  for (const auto& cell : matrix.cells)
    if (cell.observed == "n/a") cells[cell.attack].push_back(&cell);
  for (const auto& attack : matrix.attacks) {
    std::vector<std::pair<std::string, std::string>> told;  // a reason, and the platforms it is given for
    for (const Cell* cell : cells[attack]) {
      const auto same =
          std::find_if(told.begin(), told.end(), [&](const auto& one) { return one.first == cell->reason; });
      if (same == told.end())
        told.emplace_back(cell->reason, cell->platform);
      else
        same->second += ", " + cell->platform;
    }
    for (const auto& [reason, platforms] : told)
      out += fmt::format("- {} on {}: {}\n", attack, platforms, escaped(reason));
  }
  return out;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string folder_of(const load::Scenario& scenario) {
  return std::filesystem::path(scenario.file).parent_path().filename();
}

std::vector<std::string> all_columns(const Matrix& matrix, const std::vector<std::string>& columns) {
  std::vector<std::string> out = columns;
  for (const auto& platform : matrix.platforms)
    if (std::find(out.begin(), out.end(), platform) == out.end()) out.push_back(platform);
  return out;
}

std::string markdown_of(const Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                        const std::vector<std::string>& columns) {
  const CellsByName cells = by_name(matrix);
  std::vector<std::string> folders;  // in the order of the files
  for (const auto& scenario : scenarios)
    if (std::find(folders.begin(), folders.end(), folder_of(scenario)) == folders.end())
      folders.push_back(folder_of(scenario));

  std::string out =
      "# Attacks by platforms\n\n"
      "Each cell is the outcome of a run. `broken > detected`: on the baseline machine, then on the hardened one. `-`: "
      "the file "
      "says nothing of that platform. `n/a`: the attack has no place there; the reasons follow the tables. `!`: not "
      "what the file "
      "expects.\n";
  if (matrix.unplayed)
    out += fmt::format("\nA partial report: {} of {} cells were not played (`{}`).\n", matrix.unplayed, matrix.cells.size(), kUnplayed);
  for (const auto& folder : folders) {
    Rows rows(1, {"attack"});
    rows[0].insert(rows[0].end(), columns.begin(), columns.end());
    for (const auto& scenario : scenarios) {
      if (folder_of(scenario) != folder) continue;
      auto& row = rows.emplace_back(1, scenario.id);
      for (const auto& column : columns) {
        const auto found = cells.find({scenario.id, column});
        row.push_back(found == cells.end() ? "-" : bold_where_broken(text_of(*found->second)));
      }
    }
    out += fmt::format("\n## {}\n\n{}", folder, markdown_table(rows));
  }
  out += "\n## Counts, on the baseline machine\n\n" + counts_table(matrix, columns);
  if (const std::string why = reasons(matrix); !why.empty()) out += "\n## Why n/a\n\n" + why;
  std::string wrong;
  for (const auto& cell : matrix.cells)
    for (const auto& line : cell.mismatches)
      wrong += fmt::format("- {} on {}: {}\n", cell.attack, cell.platform, escaped(line));
  if (!wrong.empty()) out += "\n## Not as expected\n\n" + wrong;
  return out;
}

std::string csv_of(const Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                   const std::vector<std::string>& columns) {
  const CellsByName cells = by_name(matrix);
  std::string out = "attack,folder,title,catalogue";
  for (const auto& column : columns) out += "," + quoted(column);
  out += "\n";
  for (const auto& scenario : scenarios) {
    out += quoted(scenario.id) + "," + quoted(folder_of(scenario)) + "," + quoted(scenario.title.value) + "," +
           quoted(scenario.catalogue ? scenario.catalogue->value : "");
    for (const auto& column : columns) {
      const auto found = cells.find({scenario.id, column});
      out += "," + (found == cells.end() ? "" : quoted(text_of(*found->second)));
    }
    out += "\n";
  }
  return out;
}

}  // namespace report
