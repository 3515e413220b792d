#pragma once
// Which attack kills which defence: D is killed by a scenario on a platform, with a set L of other defences lifted,
// when the run with L breaks no promise and the run with L and D breaks one.
#include <string>
#include <vector>

#include "scenarios/report/stage.h"

namespace report {

struct Kill {
  std::string defence;
  std::string attack;  // "" when nothing kills it
  std::string platform;
  std::string profile;
  std::vector<std::string> lifted;  // L
};

// One entry a liftable defence, in the order given. The hardened profile is tried before the row's own.
std::vector<Kill> kill_matrix(const Stage& stage, const std::vector<load::Scenario>& scenarios,
                              const std::vector<const trust::Defence*>& defences, std::size_t threads_max = 0);
std::string table_of(const std::vector<Kill>& kills);
std::string json_of(const std::vector<Kill>& kills);
bool all_killed(const std::vector<Kill>& kills);

}  // namespace report
