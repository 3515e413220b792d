#pragma once
// Parts of a scenario as sentences, for the matrix page.
#include <string>
#include <vector>

#include "scenarios/load/scenario.h"

namespace web {

// "vmm at vm0.mapping, after vm0.stored: swap vm0.page.secret, vm0.page.decoy"
std::string sentence_of(const load::Step& step);
// Each once, in the order of the file: who attacks, and which promises a row of the file says are broken.
std::vector<std::string> adversaries_of(const load::Scenario& scenario);
std::vector<std::string> promises_of(const load::Scenario& scenario);

}  // namespace web
