// What no run may depend on. Cells of the whole catalogue, spread evenly; a failure names the cell.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "platform/sim/random.h"
#include "scenarios/report/parallel.h"
#include "tests/catalogue/cells.h"

namespace {

using catalogue::Cell;
using catalogue::play;

constexpr std::size_t kStep = 37;  // of some 2100 cells; prime to the number of platforms, so that all come up

const std::vector<Cell>& sample() {
  static const std::vector<Cell> kCells = catalogue::cells([](std::size_t number) { return number % kStep == 5; });
  return kCells;
}

void expect_equal(const std::string& name, const engine::Verdict& one, const engine::Verdict& other) {
  EXPECT_EQ(one.sentence(), other.sentence()) << name;
  EXPECT_EQ(one.ends, other.ends) << name;
  EXPECT_EQ(one.trace == other.trace, true) << name << ": the traces differ";
  EXPECT_EQ(one.events, other.events) << name;
  ASSERT_EQ(one.retry.has_value(), other.retry.has_value()) << name;
  EXPECT_EQ(!one.retry || one.retry->trace == other.retry->trace, true) << name << ": the retries' traces differ";
}

void for_each(const std::vector<Cell>& cells, const std::function<void(const Cell&)>& job) {
  report::for_each_job(cells.size(), [&](std::size_t i) { job(cells[i]); });
}

TEST(Runs, TheSampleHasAllPlatformsAndRoomsOfTheCatalogue) {
  std::set<std::string> platforms, machines;
  for (const auto& cell : sample()) platforms.insert(cell.platform), machines.insert(cell.scenario.machines.at(0).path.value);
  EXPECT_GE(sample().size(), 50u);
  EXPECT_GE(platforms.size(), 8u);
  EXPECT_GE(machines.size(), 8u);
}

// Ciphertext in DRAM at every moment, a sorted list of events, and OpenSSL for every block: slow, and what is meant. Whatever is kept
// back, guessed or computed elsewhere for speed is seen here if anybody in a world can tell.
TEST(Runs, FastFormsChangeNoByte) {
  for_each(sample(), [](const Cell& cell) {
    const auto fast = play(cell);
    expect_equal(cell.name(), fast, play(cell, [](engine::Run& run) {
      run.set["mem0.encryption"] = "eager", run.set["mem0.aes"] = "openssl", run.set["cpu0.events"] = "plain";
      for (const auto& [name, part] : run.machine->parts)
        if (part.is == "root-port") run.set[name + ".ide-aes"] = "openssl";
    }));
  });
}

// To watch a run is no part of it.
TEST(Runs, AFilmAndACaptureChangeNoByte) {
  for_each(sample(), [](const Cell& cell) {
    const auto watched = play(cell, [](engine::Run& run) { run.film = run.capture = true; });
    ASSERT_TRUE(watched.film) << cell.name();
    expect_equal(cell.name(), play(cell), watched);
  });
}

// A defence is a condition that held or did not. Where it held all along, a run without it is the same run.
// What a guest does rather than checks: it asks whether it shall, and nothing of it would speak.
const std::set<std::string_view> kWaysOfGuests = {"guest.entropy.host", "guest.sealed.iv", "guest.config.from-owner", "guest.auth-time",
                                                  "guest.net.tls", "guest.disk.encryption", "guest.disk.integrity", "guest.disk.monotonic"};

TEST(Runs, ALiftedDefenceThatWouldNotHaveSpokenChangesNothing) {
  std::vector<std::string> liftable;
  for (const auto* defence : engine::all_defences())
    if (defence->kind == trust::Kind::kDefence && !kWaysOfGuests.contains(defence->id)) liftable.emplace_back(defence->id);
  for_each(sample(), [&](const Cell& cell) {
    const auto all = play(cell, [](engine::Run& run) { run.afterwards = false; });
    sim::Random random(cell.scenario.id.size() * 1000 + cell.platform.size(), cell.name());
    std::vector<std::string> lifted;
    for (int i = 0; i < 40; ++i) lifted.push_back(liftable[random.below(liftable.size())]);
    const auto without = [&] { return play(cell, [&](engine::Run& run) { run.lift = lifted, run.afterwards = false; }); };
    auto other = without();
    // One that would have spoken is not what this is about.
    std::erase_if(lifted, [&](const auto& id) { return std::ranges::find(other.missed, id) != other.missed.end(); });
    for (const auto& spoken : all.spoken) std::erase(lifted, spoken.defence);
    if (!other.missed.empty() || lifted.size() < 40) other = without();
    expect_equal(cell.name(), all, other);
  });
}

// What report::HonestRuns counts on: no word of a file but its guests, its machine and its settings reaches an honest run.
TEST(Runs, AnHonestRunIsThatOfEveryFileWithItsMachineAndGuests) {
  std::map<std::string, std::vector<Cell>> alike;
  for (auto& cell : catalogue::cells([](std::size_t number) { return number % 5 == 0; })) {
    if (!cell.scenario.set.empty()) continue;
    std::string key = cell.platform + "|" + cell.scenario.machines.at(0).path.value;
    for (const auto& thread : cell.scenario.guest) {
      key += "|" + thread.vm + thread.name + " " + thread.program.value;
      for (const auto& arg : thread.args) key += " " + arg;
    }
    alike[key].push_back(std::move(cell));
  }
  std::vector<std::vector<Cell>> pairs;
  for (auto& [key, cells] : alike)
    if (cells.size() > 1) pairs.push_back({cells.front(), cells.back()});
  EXPECT_GE(pairs.size(), 20u);
  if (pairs.size() > 60) pairs.resize(60);
  report::for_each_job(pairs.size(), [&](std::size_t i) {
    const auto honest = [](const Cell& cell) { return play(cell, [](engine::Run& run) { run.attack = run.afterwards = false; }); };
    const auto one = honest(pairs[i][0]), other = honest(pairs[i][1]);
    expect_equal(pairs[i][0].name() + " and " + pairs[i][1].name(), one, other);
    EXPECT_EQ(one.outcome, engine::Outcome::kHeld) << pairs[i][0].name();
  });
}

// A guest sees the same of an honest world, whoever protects it: programs end alike on every platform that protects them.
TEST(Runs, AnHonestGuestEndsAlikeOnEveryPlatform) {
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> ends;  // file, platform
  std::mutex mutex;
  std::set<std::string> files;
  for (const auto& cell : sample()) files.insert(cell.scenario.id);
  std::vector<Cell> cells;
  for (auto& cell : catalogue::cells())
    if (files.contains(cell.scenario.id) && cell.scenario.id.size() % 3 == 0) cells.push_back(std::move(cell));
  for_each(cells, [&](const Cell& cell) {
    const auto verdict = play(cell, [](engine::Run& run) { run.attack = run.afterwards = false; });
    EXPECT_EQ(verdict.outcome, engine::Outcome::kHeld) << cell.name() << ": " << verdict.sentence();
    EXPECT_EQ(verdict.limit, "") << cell.name();
    const std::lock_guard lock(mutex);
    ends[cell.scenario.id][cell.platform] = verdict.ends;
  });
  for (const auto& [file, by_platform] : ends)
    for (const auto& [platform, state] : by_platform) EXPECT_EQ(state, by_platform.begin()->second) << file << " on " << platform << " and " << by_platform.begin()->first;
}

}  // namespace
