// An attack that never acted is no attack: guests did, saw and ended as in the honest run of the same file. Cells of the whole catalogue, whose
// steps are made to wait for what never comes, and attacks that stand in a world which is not theirs.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "platform/base/user_error.h"
#include "scenarios/engine/play.h"
#include "scenarios/report/parallel.h"
#include "tests/catalogue/cells.h"

namespace {

using catalogue::Cell;
using engine::Outcome;

constexpr std::size_t kStep = 17;  // prime to the number of platforms
constexpr std::uint64_t kNever = 1'000'000'000;

const std::vector<Cell>& sample() {
  static const std::vector<Cell> kCells = catalogue::cells([](std::size_t number) { return number % kStep == 2; });
  return kCells;
}

// Beside the adversary's own word on what it waits for.
std::vector<std::string> of_guests(const Cell& cell, const engine::Verdict& verdict) {
  std::set<std::string> adversaries;
  for (const auto& variant : cell.scenario.variants)
    for (const auto& step : variant.steps) adversaries.insert(step.by.value);
  std::vector<std::string> out;
  for (const auto& line : engine::lines_of(verdict.trace))
    if (!adversaries.contains(line.actor) || line.text.find("step ") == std::string::npos) out.push_back(std::to_string(line.time) + " " + line.actor + " " + line.text + " " + line.clause);
  return out;
}

// Whether it was inert, and then as the honest run.
bool inert_is_honest(const Cell& cell) {
  const auto alter = [](bool attack) {
    return [attack](engine::Run& run) { run.attack = attack, run.afterwards = false; };
  };
  const auto attacked = catalogue::play(cell, alter(true));
  if (attacked.outcome != Outcome::kInert) return false;
  const auto honest = catalogue::play(cell, alter(false));
  EXPECT_EQ(honest.outcome, Outcome::kHeld) << cell.name();
  EXPECT_EQ(attacked.ends, honest.ends) << cell.name();
  EXPECT_TRUE(attacked.breaches.empty() && attacked.spoken.empty()) << cell.name();
  EXPECT_EQ(attacked.missed, honest.missed) << cell.name();
  EXPECT_EQ(attacked.limit, honest.limit) << cell.name();
  EXPECT_EQ(attacked.artifacts == honest.artifacts, true) << cell.name() << ": what crossed a boundary differs";
  EXPECT_EQ(of_guests(cell, attacked), of_guests(cell, honest)) << cell.name();
  return true;
}

// Each step of the attack altered.
Cell with_steps(Cell cell, const std::function<void(load::Step&)>& alter) {
  for (auto& variant : cell.scenario.variants)
    for (auto& step : variant.steps) alter(step);
  return cell;
}

// How many of the sample were inert, each of which was as the honest run; on each platform.
std::map<std::string, std::size_t> inert_of(const std::function<void(load::Step&)>& alter) {
  std::vector<char> inert(sample().size());
  report::for_each_job(sample().size(), [&](std::size_t i) { inert[i] = inert_is_honest(with_steps(sample()[i], alter)); });
  std::map<std::string, std::size_t> out;
  for (std::size_t i = 0; i < sample().size(); ++i) out[sample()[i].platform] += inert[i];
  return out;
}

TEST(Inert, AMomentThatNeverComesLeavesTheHonestRun) {
  const auto inert = inert_of([](load::Step& step) {
    if (!step.when) step.when.emplace();
    step.when->after = load::Text{"vm0.never", step.pos};
  });
  EXPECT_GE(inert.size(), 8u);
  for (const auto& [platform, count] : inert) EXPECT_GE(count, 5u) << platform;
}

TEST(Inert, AMessageThatNeverCrossesLeavesTheHonestRun) {
  const auto inert = inert_of([](load::Step& step) {
    if (step.when && step.when->object) step.when->nth = load::Number{kNever, step.pos};
  });
  EXPECT_GE(inert.size(), 8u);
  for (const auto& [platform, count] : inert) EXPECT_GE(count, 2u) << platform;
}

// An attack whose guest or machine is another file's finds nothing of what it waits for, or something.
TEST(Inert, AnAttackInAnotherWorldActsOrLeavesTheHonestRun) {
  std::vector<Cell> mixed;
  for (std::size_t i = 0; i + 1 < sample().size(); ++i) {
    const auto& attack = sample()[i];
    const auto world = std::ranges::find_if(sample().begin() + static_cast<std::ptrdiff_t>(i) + 1, sample().end(), [&](const Cell& c) {
      return c.platform == attack.platform && c.scenario.machines.at(0).path.value == attack.scenario.machines.at(0).path.value;
    });
    if (world == sample().end()) continue;
    Cell cell = attack;
    cell.scenario.guest = world->scenario.guest;
    mixed.push_back(std::move(cell));
  }
  std::atomic<std::size_t> inert = 0;
  report::for_each_job(mixed.size(), [&](std::size_t i) {
    try {
      inert += inert_is_honest(mixed[i]);
    } catch (const base::UserError&) {  // a name that this guest has not
    }
  });
  EXPECT_GE(inert.load(), 5u);
}

}  // namespace
