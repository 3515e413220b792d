// From what happened to the outcome. Looks at ground truth and at which defences spoke; knows no platform and no expectation.
#include <algorithm>

#include "scenarios/engine/adversary.h"
#include "scenarios/engine/world.h"

namespace engine {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kBroken: return "broken";
    case Outcome::kInert: return "inert";
    case Outcome::kBlocked: return "blocked";
    case Outcome::kDetected: return "detected";
    case Outcome::kStopped: return "stopped";
    case Outcome::kHeld: return "held";
  }
  return "?";
}

Outcome World::judge() const {
  if (!verdict.breaches.empty()) return Outcome::kBroken;
  if (run.attack && !adversary->acted()) return Outcome::kInert;
  const auto spoke = [&](auto acts) { return std::any_of(verdict.spoken.begin(), verdict.spoken.end(), acts); };
  if (spoke([](const Spoken& s) { return s.act != trust::Act::kDetect; })) return Outcome::kBlocked;
  if (spoke([](const Spoken& s) { return s.act == trust::Act::kDetect; })) return Outcome::kDetected;
  for (const auto& vm : vms)
    if (!verdict.ends.contains(vm->name)) return Outcome::kStopped;
  return Outcome::kHeld;
}

std::string Verdict::sentence() const {
  std::string text(name_of(outcome));
  if (outcome == Outcome::kBroken) {
    for (std::size_t i = 0; i < breaches.size(); ++i) {
      const std::string promise(trust::name_of(breaches[i].promise));
      if (text.find(promise) == std::string::npos) text += (text == "broken" ? ": " : ", ") + promise;
    }
    if (!breaches.empty()) text += " (" + breaches.front().what + ")";
    return text;
  }
  const bool refusing = outcome == Outcome::kBlocked;
  if (refusing || outcome == Outcome::kDetected)
    for (const auto& s : spoken)
      if ((s.act != trust::Act::kDetect) == refusing) return text + " by " + s.defence + " at " + s.at;
  if (!limit.empty()) text += " (limit " + limit + ")";
  return text;
}

}  // namespace engine
