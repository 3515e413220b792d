#include "scenarios/report/matrix.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "scenarios/report/json_text.h"
#include "scenarios/report/matrix_cells.h"

namespace report {

namespace json = boost::json;

std::string text_of(const Cell& cell) {
  auto out = cell.observed;
  if (out == kUnplayed) return out;
  if (!cell.observed_hardened.empty()) out += " > " + cell.observed_hardened;
  return cell.agrees ? out : out + " !";
}

CellsByName by_name(const Matrix& matrix) {
  CellsByName out;
  for (const auto& cell : matrix.cells) out[{cell.attack, cell.platform}] = &cell;
  return out;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

Matrix run_matrix(const Stage& stage, const std::vector<load::Scenario>& scenarios,
                  const std::vector<std::string>& columns,
                  const std::function<void(std::size_t, std::size_t)>& progress, std::size_t threads_max, const MakeCell& make) {
  const auto jobs = cell_jobs(stage, scenarios);
  PlayedCells cells(jobs.size());
  play_cells(stage, jobs, cells, {.threads_max = threads_max, .make = make, .progress = progress});
  return matrix_of(jobs, std::move(cells), columns);
}

std::string table_of(const Matrix& matrix) {
  auto cells = by_name(matrix);
  std::vector<std::vector<std::string>> rows(1, {"attack"});
  rows[0].insert(rows[0].end(), matrix.platforms.begin(), matrix.platforms.end());
  for (const auto& attack : matrix.attacks) {
    auto& row = rows.emplace_back(1, attack);
    for (const auto& platform : matrix.platforms) {
      auto found = cells.find({attack, platform});
      row.push_back(found == cells.end() ? "-" : text_of(*found->second));
    }
  }
  return aligned(rows) + summary_of(matrix);
}

std::string summary_of(const Matrix& matrix) {
  std::string out;
  std::size_t wrong = 0;
  for (const auto& cell : matrix.cells) {
    wrong += !cell.agrees && cell.observed != kUnplayed;
    for (const auto& line : cell.mismatches) out += fmt::format("! {} {}: {}\n", cell.attack, cell.platform, line);
  }
  return out + fmt::format("{} cells, {} runs: {} as expected, {} not{}\n", matrix.cells.size(), matrix.runs,
                           matrix.cells.size() - wrong - matrix.unplayed, wrong,
                           matrix.unplayed ? fmt::format(", {} not played: a partial report", matrix.unplayed) : "");
}

std::string json_of(const Matrix& matrix) {
  json::array cells;
  for (const auto& cell : matrix.cells) cells.push_back(object_of(cell));
  json::object out{{"format", 1}};
  if (matrix.unplayed) out["partial"] = json::object{{"played", matrix.cells.size() - matrix.unplayed}, {"of", matrix.cells.size()}};
  out["cells"] = std::move(cells);
  return indented(out);
}

bool agrees(const Matrix& matrix) {
  return std::all_of(matrix.cells.begin(), matrix.cells.end(), [](const Cell& cell) { return cell.agrees; });
}

}  // namespace report
