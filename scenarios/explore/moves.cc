#include "scenarios/explore/moves.h"

#include <algorithm>

#include "scenarios/engine/rights.h"

namespace explore {

const std::vector<std::string>& all_positions() {
  static const std::vector<std::string> kAll{"network",      "link-tap",          "switch",    "guest-user", "device-firmware", "dram-bus", "dimm",
                                             "supply-chain", "platform-firmware", "host-user", "vmm"};
  return kAll;
}

std::string stands_at(const std::vector<std::string>& allowed, std::string_view boundary) {
  for (const auto& position : all_positions()) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), position) == allowed.end()) continue;
    for (const auto& right : engine::rights())
      if (right.position == position && right.boundaries.has(boundary)) return position;
  }
  return {};
}

std::string without_digits(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) out.push_back(c);
    else if (out.empty() || out.back() != '#') out.push_back('#');
  }
  return out;
}

load::Step step_of(const std::string& by, const std::string& at, const std::string& verb, const std::vector<std::string>& what) {
  load::Step step;
  step.by.value = by;
  step.at = load::Text{at, {}};
  step.verb.value = verb;
  if (!what.empty()) {
    auto& own = step.args[verb];
    for (const auto& text : what) own.texts.push_back({text, {}});
  }
  return step;
}

load::Step with(load::Step step, const std::string& arg, const std::string& text) {
  step.args[arg].texts.push_back({text, {}});
  return step;
}

load::Step with(load::Step step, const std::string& arg, std::uint64_t number) {
  step.args[arg].number = number;
  return step;
}

load::Step after(load::Step step, const std::string& moment) {
  if (moment.empty()) return step;
  if (!step.when) step.when.emplace();
  step.when->after = load::Text{moment, {}};
  return step;
}

load::Step on(load::Step step, const std::string& object, std::uint64_t nth) {
  if (!step.when) step.when.emplace();
  step.when->object = load::Text{object, {}};
  if (nth != 0) step.when->nth = load::Number{nth, {}};
  return step;
}

load::Step always(load::Step step, std::uint64_t times) {
  step.repeat = load::Repeat{.times = times, .until = {}, .pos = {}};
  return step;
}

void Drawing::add(std::string group, std::uint64_t at, unsigned wave, Attack steps) const {
  for (const auto& step : steps)
    if (step.by.value.empty()) return;  // nobody who may
  moves.push_back({std::move(group), std::move(steps), at, wave});
}

std::string place_of(const Move& move) {
  return engine::boundary_of(move.steps.front());
}

std::set<std::string> subjects_of(const Move& move) {
  std::set<std::string> out;
  for (const auto& step : move.steps) {
    const std::string at = engine::boundary_of(step);
    out.insert(at);
    const auto part = at.substr(at.rfind(' ') + 1);
    if (const auto dot = part.find('.'); dot != part.npos && !at.starts_with("net ")) out.insert(part.substr(0, dot));
    for (const auto& [name, arg] : step.args)
      for (const auto& text : arg.texts)
        if (text.value.find(".page.") != text.value.npos || name == "vm") out.insert(text.value);
  }
  return out;
}

std::vector<Move> moves_of(const Target& target, const Survey& survey, const std::vector<std::string>& allowed) {
  std::vector<Move> out;
  const Drawing drawing{target, survey, allowed, out};
  memory_moves(drawing);
  message_moves(drawing);
  event_moves(drawing);
  platform_moves(drawing);
  device_moves(drawing);
  return out;
}

}  // namespace explore
