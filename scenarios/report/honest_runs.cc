#include "scenarios/report/honest_runs.h"

#include <algorithm>

namespace report {

namespace {

// All that an honest run depends on. Each text is preceded by its length, so that no two lists look alike.
std::string key_of(const engine::Run& run) {
  std::string out;
  const auto add = [&](const std::string& text) { out += std::to_string(text.size()) + ":" + text; };
  add(run.platform);
  add(std::to_string(run.seed));
  for (const auto& [name, part] : run.machine->parts) add(name), add(part.is), add(part.at);
  add("settings");
  for (const auto& [name, value] : run.machine->settings()) add(name), add(value);
  add("set");
  for (const auto& [name, value] : run.set) add(name), add(value);
  for (const auto& thread : run.scenario->guest) {
    add("thread"), add(thread.vm), add(thread.name), add(thread.program.value);
    for (const auto& arg : thread.args) add(arg);
  }
  return out;
}

bool can_share(const engine::Run& run) {
  const auto built_in = [](const auto& thread) { return thread.from == load::Thread::From::kBuiltIn; };
  if (!std::ranges::all_of(run.scenario->guest, built_in)) return false;
  return !run.attack && !run.afterwards && !run.capture && !run.outside && run.lift.empty() && run.weather.empty();
}

}  // namespace

Stage HonestRuns::sharing(std::vector<std::string>* asked) {
  Stage out = stage_;
  out.run = [this, asked](const engine::Run& run) { return this->run(run, asked); };
  return out;
}

engine::Verdict HonestRuns::run(const engine::Run& run, std::vector<std::string>* asked) {
  if (!can_share(run)) return stage_.run(run);
  const std::string key = key_of(run);
  if (asked) asked->push_back(key);
  std::promise<engine::Verdict> mine;
  std::shared_future<engine::Verdict> verdict;
  bool play = false;
  {
    std::lock_guard lock(mutex_);
    ++asked_;
    auto [known, is_new] = verdicts_.try_emplace(key);
    if (is_new) known->second = mine.get_future().share();
    verdict = known->second;
    play = is_new;
  }
  if (play) {
    try {
      mine.set_value(stage_.run(run));
    } catch (...) {
      mine.set_exception(std::current_exception());
    }
  }
  return verdict.get();
}

}  // namespace report
