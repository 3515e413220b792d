#pragma once
// An attack as a scenario file, which `glacis run` plays as it was found.
#include <string>

#include "scenarios/explore/target.h"

namespace explore {

struct Observed {
  engine::Verdict as_found;             // with what the target has lifted
  std::optional<engine::Verdict> whole;  // with nothing lifted, where something was
  std::optional<engine::Verdict> baseline;  // of the baseline with nothing lifted, where the target has another profile
};

// "baseline" or "hardened".
std::string profile_of(const Target& target);

// `title` is one line. Paths of guests outside are written absolute.
std::string scenario_text(const Target& target, const Attack& attack, const std::string& title, const std::string& why, const Observed& observed);

// "{ by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ ... ] } }".
std::string step_text(const load::Step& step);

}  // namespace explore
