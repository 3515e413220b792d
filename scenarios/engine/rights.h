#pragma once
// Where each position of an adversary stands, and so at which boundaries it may act.
#include <string>
#include <vector>

#include "scenarios/load/names.h"
#include "scenarios/load/scenario.h"

namespace engine {

struct Right {
  std::string position;
  std::string about;
  load::Names boundaries;
};

const std::vector<Right>& rights();

// Where a step acts: the boundary that it says, or host calls into firmware where it says none.
std::string boundary_of(const load::Step& step);

}  // namespace engine
