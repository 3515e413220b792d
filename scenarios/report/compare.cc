#include "scenarios/report/compare.h"

#include <algorithm>

#include <fmt/format.h>

#include "guest/remote/frames.h"

namespace report {

namespace {

bool among(const std::vector<load::Text>& texts, std::string_view word) {
  return std::any_of(texts.begin(), texts.end(), [&](const load::Text& text) { return text.value == word; });
}

void compare_defence(const engine::Verdict& verdict, const load::Row& row, std::vector<std::string>& out) {
  if (row.by.empty() && !row.at) return;
  bool spoke = false, stood = false;
  for (const auto& spoken : verdict.spoken) {
    if (!row.by.empty() && !among(row.by, spoken.defence)) continue;
    spoke = true;
    stood = stood || !row.at || spoken.at == row.at->value;
  }
  auto heard = defences_of(verdict);
  auto others = heard.empty() ? std::string("none spoke") : joined(heard) + " spoke";
  if (!spoke && !row.by.empty())
    out.push_back(fmt::format("expected the defence {}; {}", joined(row.by, " or "), others));
  else if (!stood)
    out.push_back(fmt::format("expected it to speak at {}; {}", row.at->value, others));
}

void compare_promise(const engine::Verdict& verdict, const load::Row& row, std::vector<std::string>& out) {
  if (row.promise.empty()) return;
  auto broken = promises_of(verdict);
  for (const auto& promise : broken)
    if (among(row.promise, promise)) return;
  out.push_back(fmt::format("expected the promise {} to break; {}", joined(row.promise, " or "),
                            broken.empty() ? "none broke" : joined(broken) + " broke"));
}

void compare_ends(const engine::Verdict& verdict, const load::Row& row, std::vector<std::string>& out) {
  for (const auto& [part, state] : row.ends) {
    auto found = verdict.ends.find(part);
    if (found == verdict.ends.end())
      out.push_back(fmt::format("expected {} to end {}; it says nothing of its end", part, state.value));
    else if (found->second != state.value)
      out.push_back(fmt::format("expected {} to end {}; it ended {}", part, state.value, found->second));
  }
}

// A verdict keeps the last state of a part and what was seen of a secret; a state that came and went is not in it.
void compare_never(const engine::Verdict& verdict, const load::Row& row, std::vector<std::string>& out) {
  for (const auto& claim : row.never) {
    auto text = fmt::format("{} {} {}", claim.subject, claim.relation, claim.object);
    if (claim.relation == "is") {
      auto found = verdict.ends.find(claim.subject);
      if (found != verdict.ends.end() && found->second == claim.object) out.push_back("what must never be: " + text);
      continue;
    }
    for (const auto& breach : verdict.breaches)
      if (breach.promise == trust::Promise::kConfidentiality && breach.what.find(claim.object) != std::string::npos)
        out.push_back(fmt::format("what must never be: {} ({})", text, breach.what));
  }
}

void add_once(std::vector<std::string>& to, std::string word) {
  if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(std::move(word));
}

}  // namespace

std::vector<std::string> differences(const engine::Verdict& verdict, const load::Row& row) {
  std::vector<std::string> out;
  if (engine::name_of(verdict.outcome) != row.outcome.value)
    out.push_back(fmt::format("expected {}; it was {}", sentence_of(row), verdict.sentence()));
  compare_defence(verdict, row, out);
  compare_promise(verdict, row, out);
  compare_ends(verdict, row, out);
  compare_never(verdict, row, out);
  return out;
}

std::vector<std::string> differences(const engine::Verdict& verdict, const load::Afterwards& wanted) {
  if (!verdict.retry) return {"the retry was not played"};
  const auto& retry = *verdict.retry;
  std::vector<std::string> out;
  for (const auto& [part, state] : wanted.ends) {
    auto found = retry.ends.find(part);
    auto stopped = retry.stopped.find(part);
    auto ended = found != retry.ends.end()        ? "ended " + found->second
                 : stopped != retry.stopped.end() ? "stopped: " + stopped->second
                                                  : std::string("says nothing of its end");
    if (found == retry.ends.end() || found->second != state.value)
      out.push_back(fmt::format("{} {}, expected {} {}", part, ended, part, state.value));
  }
  for (const auto& breach : retry.breaches)
    out.push_back(fmt::format("a promise broke: {} ({})", trust::name_of(breach.promise), breach.what));
  if (!retry.limit.empty()) out.push_back("ended by the limit " + retry.limit);
  return out;
}

std::vector<std::string> differences(const engine::Verdict& stormy, const engine::Verdict& calm) {
  std::vector<std::string> out;
  if (stormy.outcome != calm.outcome)
    out.push_back(fmt::format("it was {}, and {} without it", stormy.sentence(), calm.sentence()));
  auto compare = [&](const char* what, std::vector<std::string> here, std::vector<std::string> there) {
    std::sort(here.begin(), here.end());
    std::sort(there.begin(), there.end());
    if (here != there)
      out.push_back(fmt::format("{}: {}, and {} without it", what, here.empty() ? "none" : joined(here),
                                there.empty() ? "none" : joined(there)));
  };
  compare("defences that spoke", defences_of(stormy), defences_of(calm));
  compare("promises that broke", promises_of(stormy), promises_of(calm));
  return out;
}

bool has_retry(const load::Scenario& scenario) { return scenario.afterwards && !scenario.afterwards->why_none; }

bool holds_on(const load::Row& row, const std::string& platform) {
  return row.platforms.empty() || among(row.platforms, platform);
}

std::string profile_of(const load::Row& row) { return row.profile ? row.profile->value : "baseline"; }

const load::Row* find_row(const std::vector<load::Row>& rows, const std::string& platform, std::string_view profile) {
  for (const auto& row : rows)
    if (holds_on(row, platform) && profile_of(row) == profile) return &row;
  return nullptr;
}

std::string sentence_of(const load::Row& row) {
  auto out = row.outcome.value;
  if (!row.promise.empty()) out += ": " + joined(row.promise, " or ");
  if (!row.by.empty()) out += " by " + joined(row.by, " or ");
  if (row.at) out += " at " + row.at->value;
  return out;
}

std::string sentence_of(const load::Afterwards& wanted) {
  std::vector<std::string> words;
  for (const auto& [part, state] : wanted.ends) words.push_back(part + " " + state.value);
  return joined(words);
}

std::string sentence_of(const engine::Retry& retry) {
  std::vector<std::string> words;
  for (const auto& [part, state] : retry.ends) words.push_back(part + " " + state);
  for (const auto& [part, why] : retry.stopped) words.push_back(part + " stopped: " + why);
  for (const auto& breach : retry.breaches) words.push_back("broken: " + std::string(trust::name_of(breach.promise)));
  return words.empty() ? "nothing ended" : joined(words);
}

std::string joined(const std::vector<load::Text>& texts, std::string_view between) {
  std::vector<std::string> words;
  for (const auto& text : texts) words.push_back(text.value);
  return joined(words, between);
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  return fmt::format("{}", fmt::join(texts, between));
}

std::vector<std::string> defences_of(const engine::Verdict& verdict) {
  std::vector<std::string> out;
  for (const auto& spoken : verdict.spoken) add_once(out, spoken.defence);
  return out;
}

std::vector<std::string> promises_of(const engine::Verdict& verdict) {
  std::vector<std::string> out;
  for (const auto& breach : verdict.breaches) add_once(out, std::string(trust::name_of(breach.promise)));
  return out;
}

std::string where_they_part(const engine::Verdict& one, const engine::Verdict& other) {
  static const std::vector<engine::GuestCall> kNone;
  for (const auto& [vm, calls] : one.guest_calls) {
    const auto found = other.guest_calls.find(vm);
    const auto& again = found == other.guest_calls.end() ? kNone : found->second;
    for (std::size_t i = 0; i < std::max(calls.size(), again.size()); ++i) {
      const auto name = [i](const auto& of) { return i < of.size() ? remote::name_of_call(of[i].call) : std::string("none"); };
      if (i < calls.size() && i < again.size() && calls[i] == again[i]) continue;
      const std::string at = "two runs of " + vm + " are not alike: call " + std::to_string(i + 1) + " was ";
      return at + name(calls) + (name(calls) == name(again) ? ", and then the same with other bytes" : ", and then " + name(again));
    }
  }
  return {};
}

}  // namespace report
