#pragma once
// The items of the threat model beside the scenarios that exercise each: those that name it, and for an actor those whose steps are
// taken from one of its positions.
#include <string>
#include <vector>

#include "scenarios/engine/threats.h"
#include "scenarios/load/scenario.h"

namespace report {

struct Covered {
  const engine::Threat* threat;
  std::vector<std::string> scenarios;
};

struct Coverage {
  std::vector<Covered> items;
  std::vector<std::string> untagged;  // scenarios that name no item
};

Coverage cover(const std::vector<load::Scenario>& scenarios);
// The items that no scenario exercises.
std::vector<std::string> uncovered(const Coverage& coverage);

}  // namespace report
