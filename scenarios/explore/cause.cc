#include "scenarios/explore/cause.h"

#include <algorithm>

#include "scenarios/explore/moves.h"

namespace explore {

namespace {

// Pages, registers and messages go by many names and fail for one reason.
std::string told(const load::Step& step) {
  std::string out = without_digits(step.at ? step.at->value : "tsm0.call") + " " + step.verb.value;
  const auto own = step.args.find(step.verb.value);
  const bool word = step.verb.value == "call" || step.verb.value == "craft" || step.verb.value == "ask" || (step.at && step.at->value == "machine");
  if (word && own != step.args.end() && !own->second.texts.empty()) out += " " + own->second.texts[0].value;
  for (const char* way : {"translated", "trusted", "through", "key", "session"})
    if (const auto arg = step.args.find(way); arg != step.args.end() && !arg->second.texts.empty()) out += std::string(" ") + way + " " + arg->second.texts[0].value;
  return out;
}

}  // namespace

std::string Cause::text() const {
  std::string out = broke + " by";
  const char* between = " ";
  for (const auto& step : by) out += between + step, between = ", ";
  return out;
}

Cause cause_of(const Attack& attack, const engine::Verdict& verdict) {
  Cause out;
  if (!verdict.breaches.empty()) {
    const auto& first = verdict.breaches.front();
    out.broke = std::string(trust::name_of(first.promise)) + ": " + without_digits(first.what);
  }
  for (const auto& step : attack) out.by.insert(told(step));
  return out;
}

bool contains(const Cause& other, const Cause& known) {
  return other.broke == known.broke && std::includes(other.by.begin(), other.by.end(), known.by.begin(), known.by.end());
}

}  // namespace explore
