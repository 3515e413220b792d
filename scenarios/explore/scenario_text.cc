#include "scenarios/explore/scenario_text.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace explore {

namespace {

// As YAML takes it for text whatever it looks like.
std::string as_yaml(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; };
  const bool word = !text.empty() && std::all_of(text.begin(), text.end(), plain) && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
  if (word && text != "true" && text != "false" && text != "null") return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

std::string joined(const std::vector<load::Text>& texts) {
  if (texts.size() == 1) return as_yaml(texts[0].value);
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + as_yaml(text.value);
  return "[ " + out + " ]";
}

const load::Verb* verb_named(const std::string& name) {
  const auto& verbs = engine::vocabulary().verbs;
  const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const auto& verb) { return verb.name == name; });
  return found == verbs.end() ? nullptr : &*found;
}

std::string value_text(const load::Arg& arg, load::ValueKind kind) {
  if (!arg.number) return joined(arg.texts);
  switch (kind) {
    case load::ValueKind::kSize: return fmt::format("{}B", *arg.number);
    case load::ValueKind::kTime: return fmt::format("{}ps", *arg.number);
    case load::ValueKind::kFlag: return *arg.number ? "true" : "false";
    default: return *arg.number < 10 ? fmt::format("{}", *arg.number) : fmt::format("{:#x}", *arg.number);
  }
}

std::string do_text(const load::Step& step) {
  const auto* verb = verb_named(step.verb.value);
  if (!verb || step.args.empty()) return step.verb.value;
  const auto own = step.args.find(step.verb.value);
  // A verb that is not told what, and has arguments, is told what it stands beside.
  std::string out = "{ " + step.verb.value + ": " +
                    (own != step.args.end()               ? value_text(own->second, verb->what.kind)
                     : step.when && step.when->object      ? as_yaml(step.when->object->value)
                                                            : as_yaml(step.at ? step.at->value : "it"));
  for (const auto& slot : verb->args)
    if (const auto arg = step.args.find(slot.name); arg != step.args.end()) out += fmt::format(", {}: {}", slot.name, value_text(arg->second, slot.kind));
  return out + " }";
}

std::string outcome_text(const engine::Verdict& verdict) {
  std::string out = std::string(engine::name_of(verdict.outcome));
  if (verdict.outcome == engine::Outcome::kBroken) {
    const auto promises = promises_of(verdict);
    out += fmt::format(", promise: {}", trust::name_of(promises.at(0)));
  } else if ((verdict.outcome == engine::Outcome::kBlocked || verdict.outcome == engine::Outcome::kDetected) && !verdict.spoken.empty()) {
    std::vector<load::Text> by;
    for (const auto& spoken : verdict.spoken)
      if (std::none_of(by.begin(), by.end(), [&](const auto& known) { return known.value == spoken.defence; })) by.push_back({spoken.defence, {}});
    out += ", by: " + joined(by);
  }
  return out;
}

std::string guest_text(const load::Thread& thread) {
  std::string words;
  for (const auto& arg : thread.args) words += " " + arg;
  const auto path = [&] { return as_yaml(std::filesystem::absolute(thread.program.value).lexically_normal().string()); };
  switch (thread.from) {
    case load::Thread::From::kLibrary:
      return fmt::format("{{ library: {}{} }}", path(), words.empty() ? "" : ", arguments: " + as_yaml(words.substr(1)));
    case load::Thread::From::kConnect: return fmt::format("{{ connect: {} }}", as_yaml("unix:" + std::filesystem::absolute(thread.program.value).string()));
    case load::Thread::From::kBuiltIn: break;
  }
  return words.empty() ? as_yaml(thread.program.value) : as_yaml(thread.program.value + words);
}

}  // namespace

std::string step_text(const load::Step& step) {
  std::string out = "{ by: " + as_yaml(step.by.value);
  if (step.at) out += ", at: " + as_yaml(step.at->value);
  if (step.when) {
    std::string when;
    const auto add = [&](const char* key, const std::string& value) { when += fmt::format("{}{}: {}", when.empty() ? "" : ", ", key, value); };
    if (step.when->after) add("after", as_yaml(step.when->after->value));
    if (step.when->object) add("object", as_yaml(step.when->object->value));
    if (step.when->nth) add("nth", fmt::format("{}", step.when->nth->value));
    if (!when.empty()) out += ", when: { " + when + " }";
  }
  out += ", do: " + do_text(step);
  if (step.also) out += ", also: true";
  if (step.repeat) out += fmt::format(", repeat: {{ times: {} }}", step.repeat->times);
  return out + " }";
}

std::string profile_of(const Target& target) {
  const auto found = target.set.find("profile");
  return found == target.set.end() ? "baseline" : found->second;
}

std::string scenario_text(const Target& target, const Attack& attack, const std::string& title, const std::string& why, const Observed& observed) {
  std::string out = fmt::format("format: 1\nscenario: {}\nwhy: {}\nmachine: {}\n", as_yaml(title), as_yaml(why), as_yaml(target.scenario.machines.at(0).path.value));
  const bool named = !target.platform.empty() && target.scenario.has_platforms;
  if (named) out += fmt::format("platforms: [ {} ]\n", target.platform);
  std::string guests;
  for (const auto& thread : target.scenario.guest) guests += fmt::format("{}{}: {}", guests.empty() ? "" : ", ", thread.vm, guest_text(thread));
  out += "guest: { " + guests + " }\n";
  auto settings = target.scenario.set;
  for (const auto& [key, value] : target.set)
    if (key != "profile") settings[key] = {value, {}};
  if (!settings.empty()) {
    out += "set:\n";
    for (const auto& [key, value] : settings) out += fmt::format("  {}: {}\n", as_yaml(key), as_yaml(value.value));
  }
  const auto profile = profile_of(target);
  const bool elsewhere = profile != "baseline";
  if (elsewhere) out += fmt::format("# found under the profile {}\n", profile);
  std::string weather;
  for (const auto& name : target.weather) weather += (weather.empty() ? "" : ", ") + as_yaml(name);
  if (!weather.empty()) out += "# found under the weather " + weather + ": lay it over with --weather\n";
  out += "attack:\n";
  for (const auto& step : attack) out += "  - " + step_text(step) + "\n";
  const auto& expected = observed.whole ? *observed.whole : observed.as_found;
  const std::string platforms = named ? fmt::format("platforms: [ {} ], ", target.platform) : "";
  const std::string where = elsewhere ? fmt::format("{}profile: {}, ", platforms, profile) : platforms;
  const auto sayable = [](const engine::Verdict& verdict) { return verdict.outcome != engine::Outcome::kInert; };
  // A file that expects anything says so of the baseline.
  if (sayable(expected) && (!elsewhere || (observed.baseline && sayable(*observed.baseline)))) {
    out += "expect:\n";
    if (elsewhere) out += fmt::format("  - {{ {}outcome: {} }}\n", platforms, outcome_text(*observed.baseline));
    out += fmt::format("  - {{ {}outcome: {} }}\n", where, outcome_text(expected));
  }
  if (!observed.whole || target.lift.empty()) return out;
  std::string lift;
  for (const auto& id : target.lift) lift += (lift.empty() ? "" : ", ") + id;
  return out + fmt::format("without:\n  - {{ {}lift: [ {} ], outcome: {} }}\n", where, lift, outcome_text(observed.as_found));
}

}  // namespace explore
