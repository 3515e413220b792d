// A few weaknesses that the explorer has to find again in so many runs, and the same machines whole, on which it finds nothing.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "scenarios/explore/findings.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "tests/rediscovery/cases.h"

namespace rediscovery {
namespace {

constexpr std::size_t kRuns = 2500;

Case named(const std::string& name) {
  for (auto& one : historic("."))
    if (one.name == name) return one;
  ADD_FAILURE() << "historic.csv has no " << name;
  return {};
}

class Rediscovery : public testing::TestWithParam<const char*> {};

TEST_P(Rediscovery, FindsItAndWritesAFileThatPlaysIt) {
  const auto one = named(GetParam());
  const auto target = target_of(".", one, 1);
  auto whole = target;
  whole.lift = one.beside;
  explore::Options options;
  options.runs_max = kRuns, options.finds_max = 1, options.whole = &whole;
  explore::Search search(target, options);
  const auto& progress = search.explore([] { return true; });
  ASSERT_EQ(progress.finds.size(), 1u) << explore::progress_text(progress, 0);
  const auto& find = progress.finds[0];
  EXPECT_FALSE(explore::try_attack(whole, find.attack).broken());
  auto again = target;
  again.scenario = load::parse_scenario(explore::file_text(target, find), "found.yaml", engine::vocabulary());
  EXPECT_EQ(explore::try_attack(again, again.scenario.variants.at(0).steps).verdict.sentence(), find.verdict.sentence());
}

INSTANTIATE_TEST_SUITE_P(Historic, Rediscovery, testing::Values("severed-remap", "heckler-signal", "sealed-rollback", "report-unchecked"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

// What exploring whole machines found in the guests and in the judge, once.
TEST(WholeMachine, WhatWasMendedStays) {
  std::size_t played = 0;
  for (const auto& file : std::filesystem::directory_iterator("tests/rediscovery/mended")) {
    const auto scenario = load::load_scenario(file.path(), engine::vocabulary());
    for (const auto& platform : scenario.platforms) {
      const auto machine = load::load_machine("scenarios", scenario.machines.at(0).path.value, platform, engine::machine_vocabulary());
      for (const char* profile : {"baseline", "hardened"}) {
        const auto verdict = engine::run({.scenario = &scenario, .machine = &machine, .platform = platform, .set = {{"profile", profile}}});
        EXPECT_TRUE(verdict.breaches.empty()) << file.path() << " on " << platform << ", " << profile << ": " << verdict.sentence();
        EXPECT_NE(verdict.outcome, engine::Outcome::kInert) << file.path() << " on " << platform << ", " << profile;
        ++played;
      }
    }
  }
  EXPECT_GE(played, 18u);
}

TEST(WholeMachine, LosesNothingToItsHost) {
  for (const auto* name : {"severed-remap", "sealed-rollback"}) {
    auto target = target_of(".", named(name), 1);
    target.lift.clear();
    target.set["profile"] = "hardened";
    explore::Options options;
    options.runs_max = 800, options.allowed = {"vmm", "network"};
    explore::Search search(target, options);
    const auto& progress = search.explore([] { return true; });
    for (const auto& find : progress.finds) ADD_FAILURE() << name << ": " << find.cause.text();
    EXPECT_TRUE(progress.bugs.empty());
  }
}

TEST(Cases, AreWeaknessesOfTheCatalogueAndOfHistory) {
  EXPECT_GE(historic(".").size(), 20u);
  const auto all = lifted(".");
  EXPECT_GT(all.size(), 200u);
  EXPECT_TRUE(std::all_of(all.begin(), all.end(), [](const auto& one) { return std::find(one.lift.begin(), one.lift.end(), one.name) != one.lift.end(); }));
}

}  // namespace
}  // namespace rediscovery
