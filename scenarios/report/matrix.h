#pragma once
// Attacks by platforms: all cells of a set of scenarios, as a table, as JSON, and against an older JSON.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/report/cell.h"

namespace report {

struct Matrix {
  std::vector<std::string> attacks;    // in the order of the files
  std::vector<std::string> platforms;  // the columns
  std::vector<Cell> cells;             // by attack, then as the file orders its platforms
  std::size_t runs = 0;
  std::size_t unplayed = 0;  // cells that are not played: then the matrix is partial, and all its forms say so
};

// Makes a cell as evaluate() does, and may keep more of its runs. Called from several threads.
using MakeCell = std::function<Cell(const Stage& stage, const load::Scenario& scenario, const std::string& platform)>;

// `columns` orders the platforms; one that no file plays is left out, one it does not know comes last.
Matrix run_matrix(const Stage& stage, const std::vector<load::Scenario>& scenarios,
                  const std::vector<std::string>& columns,
                  const std::function<void(std::size_t finished, std::size_t of)>& progress = {}, std::size_t threads_max = 0,
                  const MakeCell& make = {});

using CellsByName = std::map<std::pair<std::string, std::string>, const Cell*>;  // by attack and platform
CellsByName by_name(const Matrix& matrix);
// "broken > detected !": baseline, hardened where the file says something of it, and a mark of disagreement.
std::string text_of(const Cell& cell);
// Columns as wide as their widest, two spaces between.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

// `!` marks disagreement; where a hardened row exists a cell reads `broken > detected`. Every mismatch follows the
// table.
std::string table_of(const Matrix& matrix);
// The mismatches and the count alone.
std::string summary_of(const Matrix& matrix);
// One object per cell, with its reason where it is n/a; top-level "format": 1, and "partial" where cells are not played.
std::string json_of(const Matrix& matrix);
bool agrees(const Matrix& matrix);

// What changed since an older JSON, of the cells that are played. A regression is a cell that agreed and does not, or that is gone, unless it is
// known; a cell is known by `attack platform`.
struct Changes {
  std::vector<std::string> lines;
  bool regression = false;
};
// `old_file` is the name that errors carry. Throws base::UserError for text that is no matrix of format 1.
Changes changes_since(const Matrix& matrix, std::string_view old_json, const std::string& old_file,
                      const std::set<std::string>& known);
// One `attack platform` a line; `#` begins a comment. Throws base::UserError for any other line.
std::set<std::string> parse_known(std::string_view text, const std::string& file);

}  // namespace report
