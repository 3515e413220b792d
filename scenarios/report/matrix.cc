#include "scenarios/report/matrix.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "scenarios/report/compare.h"
#include "scenarios/report/honest_runs.h"
#include "scenarios/report/json_text.h"
#include "scenarios/report/parallel.h"

namespace report {

namespace json = boost::json;

namespace {

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

json::object object_of(const Cell& cell) {
  json::object out{{"attack", cell.attack},
                   {"platform", cell.platform},
                   {"observed", cell.observed},
                   {"expected", cell.expected},
                   {"agrees", cell.agrees},
                   {"defence", array_of(cell.defence)},
                   {"promise", array_of(cell.promise)}};
  if (!cell.reason.empty()) out["reason"] = cell.reason;
  if (!cell.observed_hardened.empty()) {
    out["observed_hardened"] = cell.observed_hardened;
    out["expected_hardened"] = cell.expected_hardened;
  }
  json::array checks;
  for (const auto& check : cell.checks)
    checks.push_back(json::object{
        {"check", check.label}, {"expected", check.expected}, {"observed", check.observed}, {"agrees", check.agrees}});
  out["checks"] = std::move(checks);
  out["mismatches"] = array_of(cell.mismatches);
  return out;
}

}  // namespace

std::string text_of(const Cell& cell) {
  auto out = cell.observed;
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
  Matrix out;
  struct Job {
    const load::Scenario* scenario;
    std::string platform;
  };
  std::vector<Job> jobs;
  for (const auto& scenario : scenarios) {
    out.attacks.push_back(scenario.id);
    for (const auto& platform : platforms_of(scenario)) jobs.push_back({&scenario, platform});
  }
  out.cells.resize(jobs.size());
  HonestRuns honest(stage);
  const Stage shared = honest.sharing();
  for_each_job(
      jobs.size(),
      [&](std::size_t i) {
        const auto& [scenario, platform] = jobs[i];
        out.cells[i] = make ? make(shared, *scenario, platform) : evaluate(shared, *scenario, platform);
      },
      [&](std::size_t finished) {
        if (progress) progress(finished, jobs.size());
      },
      threads_max);
  std::set<std::string> seen;
  for (const auto& cell : out.cells) {
    seen.insert(cell.platform);
    out.runs += cell.runs;
  }
  out.runs -= honest.spared();
  for (const auto& column : columns)
    if (seen.erase(column)) out.platforms.push_back(column);
  out.platforms.insert(out.platforms.end(), seen.begin(), seen.end());
  return out;
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
  std::string out = aligned(rows);
  std::size_t wrong = 0;
  for (const auto& cell : matrix.cells) {
    wrong += !cell.agrees;
    for (const auto& line : cell.mismatches) out += fmt::format("! {} {}: {}\n", cell.attack, cell.platform, line);
  }
  return out + fmt::format("{} cells, {} runs: {} as expected, {} not\n", matrix.cells.size(), matrix.runs,
                           matrix.cells.size() - wrong, wrong);
}

std::string json_of(const Matrix& matrix) {
  json::array cells;
  for (const auto& cell : matrix.cells) cells.push_back(object_of(cell));
  return indented(json::object{{"format", 1}, {"cells", std::move(cells)}});
}

bool agrees(const Matrix& matrix) {
  return std::all_of(matrix.cells.begin(), matrix.cells.end(), [](const Cell& cell) { return cell.agrees; });
}

}  // namespace report
