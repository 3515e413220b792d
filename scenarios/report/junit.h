#pragma once
// Cells as JUnit XML: one suite, a case for each check of an attack on a platform, what differs as the text of its failure.
#include <string>
#include <vector>

#include "scenarios/report/cell.h"

namespace report {

std::string junit_of(const std::vector<Cell>& cells);

}  // namespace report
