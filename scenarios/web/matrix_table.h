#pragma once
// The matrix as HTML that needs no script: the table, and in words what a script shows beside it.
#include <string>

#include "scenarios/web/matrix_contents.h"

namespace web {

// A real table: a body for each group, a link to the run in each cell, totals at the foot.
std::string matrix_table(const MatrixContents& contents);
// Why an n/a is one, each attack's sources and steps, the defences with the attacks that need them, the threat model.
std::string matrix_text(const MatrixContents& contents);

}  // namespace web
