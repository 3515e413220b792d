#pragma once
// Where each position of an adversary stands, and so at which boundaries it may act.
#include <string>
#include <vector>

#include "scenarios/load/names.h"

namespace engine {

struct Right {
  std::string position;
  std::string about;
  load::Names boundaries;
};

const std::vector<Right>& rights();

}  // namespace engine
