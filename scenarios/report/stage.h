#pragma once
// What a report needs of the world: a way to run, and the machine that a scenario asks for on a platform. Tests put
// fabricated verdicts in its place.
#include <functional>
#include <string>

#include "scenarios/engine/engine.h"

namespace report {

struct Stage {
  std::function<engine::Verdict(const engine::Run&)> run;
  // `platform` is "" where the machine fixes its own.
  std::function<load::Machine(const load::Scenario&, const std::string& platform)> machine;
};

// The platforms of a file in its order; { "" } where the machine fixes its own.
std::vector<std::string> platforms_of(const load::Scenario& scenario);

}  // namespace report
