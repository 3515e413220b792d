#pragma once
// The matrix as files for people and their tools: Markdown for a page, CSV for a spreadsheet. Both have the same
// columns whatever was played: `-` (nothing in CSV) where a file says nothing of a platform, `n/a` where it says why
// not.
#include <string>
#include <vector>

#include "scenarios/report/matrix.h"

namespace report {

// The folder that its file lies in: the group of an attack of the catalogue.
std::string folder_of(const load::Scenario& scenario);

// `columns`, then whatever else the matrix has.
std::vector<std::string> all_columns(const Matrix& matrix, const std::vector<std::string>& columns);

// A table for each folder of attacks, a table of counts, the reasons of each `n/a`, and each disagreement.
std::string markdown_of(const Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                        const std::vector<std::string>& columns);

// One line an attack: its id, its folder, its title, its row of the catalogue, and its cells. RFC 4180, with lines
// ended by a line feed.
std::string csv_of(const Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                   const std::vector<std::string>& columns);

}  // namespace report
