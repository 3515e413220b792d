#include "scenarios/web/matrix_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/compare.h"
#include "scenarios/report/play.h"

namespace web {

namespace {

std::string words_of(const load::Arg& arg) {
  if (!arg.texts.empty()) return report::joined(arg.texts);
  return arg.number ? std::to_string(*arg.number) : "";
}

std::string words_of(const load::When& when) {
  std::vector<std::string> out;
  if (when.after) out.push_back("after " + when.after->value);
  if (when.call) out.push_back("at the call " + when.call->value);
  if (when.object) out.push_back("on " + when.object->value);
  if (when.nth) out.push_back(fmt::format("number {}", when.nth->value));
  if (when.time) out.push_back("from " + report::time_text(when.time->value));
  if (when.size) out.push_back(fmt::format("of {} bytes", when.size->value));
  for (const auto& [field, value] : when.where) out.push_back("where " + field + " is " + value.value);
  return report::joined(out, " ");
}

std::string doing_of(const load::Step& step) {
  std::string out = step.verb.value, more;
  for (const auto& [name, arg] : step.args) {
    const auto words = words_of(arg);
    if (name == step.verb.value) out += words.empty() ? "" : " " + words;
    else more += ", " + name + (words.empty() ? "" : " " + words);
  }
  return out + more;
}

void add_once(std::vector<std::string>& out, const std::string& word) {
  if (std::ranges::find(out, word) == out.end()) out.push_back(word);
}

}  // namespace

std::string sentence_of(const load::Step& step) {
  std::string out = step.by.value;
  if (step.at) out += " at " + step.at->value;
  if (step.when) out += ", " + words_of(*step.when);
  if (step.also) out += ", armed from the start";
  out += ": " + doing_of(step);
  if (step.repeat) {
    out += fmt::format("; up to {} times", step.repeat->times);
    if (step.repeat->until) out += ", until " + words_of(*step.repeat->until);
  }
  if (!step.platforms.empty()) out += "; only on " + report::joined(step.platforms);
  return out;
}

std::vector<std::string> adversaries_of(const load::Scenario& scenario) {
  std::vector<std::string> out;
  for (const auto& variant : scenario.variants)
    for (const auto& step : variant.steps) add_once(out, step.by.value);
  return out;
}

std::vector<std::string> promises_of(const load::Scenario& scenario) {
  std::vector<std::string> out;
  for (const auto* rows : {&scenario.expect, &scenario.without, &scenario.with})
    for (const auto& row : *rows)
      if (row.outcome.value == "broken")
        for (const auto& promise : row.promise) add_once(out, promise.value);
  return out;
}

}  // namespace web
