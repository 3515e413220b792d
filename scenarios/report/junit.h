#pragma once
// Cells as JUnit XML: one suite, a case for each attack and platform.
#include <string>
#include <vector>

#include "scenarios/report/cell.h"

namespace report {

std::string junit_of(const std::vector<Cell>& cells);

}  // namespace report
