#include "scenarios/explore/cause.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "scenarios/engine/rights.h"
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

// What a verb does to what it touches; the same weakness lets all of a kind through.
std::string_view kind_of(std::string_view verb) {
  constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"read", "look"},      {"record", "look"},   {"write", "alter"},  {"flip", "alter"},  {"set", "alter"},     {"replay", "alter"},
      {"truncate", "alter"}, {"extend", "alter"},  {"swap", "lead"},    {"map", "lead"},    {"alias", "lead"},    {"unmap", "lead"},
      {"redirect", "lead"},  {"drop", "withhold"}, {"hold", "withhold"}, {"delay", "withhold"}, {"release", "repeat"}, {"inject", "repeat"},
      {"duplicate", "repeat"}, {"reorder", "repeat"}};
  for (const auto& [known, kind] : kKinds)
    if (known == verb) return kind;
  return verb;
}

// Pages, registers and fields go by many names and fail for one reason.
std::string told(const load::Step& step) {
  const std::string at = engine::boundary_of(step);
  const auto& verb = step.verb.value;
  std::string out = without_digits(at) + " " + std::string(at == "machine" ? verb : kind_of(verb));
  if (step.when && step.when->object) out += " " + step.when->object->value;
  const auto own = step.args.find(verb);
  const bool word = verb == "call" || verb == "craft" || verb == "ask" || verb == "hotplug" || at == "machine" || at.ends_with(".flash") || at.ends_with(".config");
  if (word && own != step.args.end() && !own->second.texts.empty()) out += " " + own->second.texts[0].value;
  for (const char* way : {"translated", "trusted", "through", "key", "session", "as"})
    if (const auto arg = step.args.find(way); arg != step.args.end() && !arg->second.texts.empty() && (std::string_view(way) != "as" || verb == "interrupt"))
      out += std::string(" ") + way + " " + arg->second.texts[0].value;
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
