// No weather and no seed decides an attack: every cell of the catalogue has the outcome, the defences and the broken promises of a calm
// run in each of them, and its honest retry holds there too. Each cell is played in all weather at once, under another seed, and in one
// weather by itself; which seed and which weather goes by its number, so that a file's cells have had them all.
#include <gtest/gtest.h>

#include "scenarios/report/compare.h"
#include "scenarios/report/parallel.h"
#include "tests/catalogue/cells.h"

namespace {

using catalogue::Cell;
using catalogue::play;

constexpr std::uint64_t kSeeds = 4;

std::vector<std::string> all_weather() {
  std::vector<std::string> all;
  for (const auto& weather : engine::weathers()) all.push_back(weather.name);
  return all;
}

engine::Verdict play_in(const Cell& cell, const std::vector<std::string>& weather) {
  return play(cell, [&](engine::Run& run) { run.weather = weather; });
}

void expect_the_same(const Cell& cell, const engine::Verdict& calm, const engine::Verdict& other, const std::string& under) {
  for (const auto& line : report::differences(other, calm)) ADD_FAILURE() << cell.name() << ", " << under << ": " << line;
  if (!report::has_retry(cell.scenario)) return;
  for (const auto& line : report::differences(other, *cell.scenario.afterwards)) ADD_FAILURE() << cell.name() << ", " << under << ", afterwards: " << line;
}

TEST(Weather, AndSeedDecideNoCell) {
  const auto all = all_weather();
  ASSERT_GE(all.size(), 3u);
  const auto cells = catalogue::cells();
  report::for_each_job(cells.size(), [&](std::size_t i) {
    const auto calm = play(cells[i]);
    const auto& one = all[i % all.size()];
    expect_the_same(cells[i], calm, play_in(cells[i], {one}), one);
    expect_the_same(cells[i], calm, play_in(cells[i], all), "all of it");
    const std::uint64_t seed = 2 + i % (kSeeds - 1);
    expect_the_same(cells[i], calm, play(cells[i], [&](engine::Run& run) { run.seed = seed; }), "seed " + std::to_string(seed));
  });
}

TEST(Weather, DisturbsEveryRunThatItIsLaidOver) {
  std::size_t cells = 0;
  for (const auto& cell : catalogue::cells()) {
    if (cell.scenario.id != "quote-tamper") continue;
    ++cells;
    const auto calm = play(cell);
    for (const auto& weather : all_weather()) {
      if (weather == "busy-memory") continue;  // a play names no addresses
      EXPECT_NE(play_in(cell, {weather}).trace, calm.trace) << weather;
    }
    EXPECT_EQ(play_in(cell, {"interrupted"}).trace, play_in(cell, {"interrupted"}).trace);
  }
  EXPECT_GE(cells, 1u);
}

}  // namespace
