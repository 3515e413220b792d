// How many weaknesses the explorer finds, told nothing but the machine: in how many runs and seconds, beside plain random search.
//   rediscovery [historic|lifted] [--seconds 60] [--seeds 5] [--jobs N] [--only PATTERN] [--every N] [--random] [--out DIR]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/explore/findings.h"
#include "scenarios/explore/scenario_text.h"
#include "scenarios/load/names.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/atomic_file.h"
#include "tests/rediscovery/cases.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  std::string what = "historic", only, out;
  double seconds = 60;
  std::size_t seeds = 5, jobs = 0, every = 1, first = 0;
  bool random = false;
};

struct Outcome {
  bool found = false;
  double seconds = 0;
  std::size_t runs = 0, steps = 0;
  std::string how;
};

// Whether the file that is written plays as it was found: read again by the loader, with what the case lifts. With that in place it
// breaks nothing.
bool reproduces(const explore::Target& target, const explore::Target& whole, const explore::Find& find) {
  const auto text = explore::file_text(target, find);
  explore::Target again = target;
  again.scenario = load::parse_scenario(text, "found.yaml", engine::vocabulary());
  const auto tried = explore::try_attack(again, again.scenario.variants.at(0).steps);
  return tried.broken() && !explore::try_attack(whole, find.attack).broken() && explore::promises_of(tried.verdict) == explore::promises_of(find.verdict);
}

Outcome seek(const std::string& top, const rediscovery::Case& one, std::uint64_t seed, explore::Strategy strategy, const Settings& settings) {
  const auto target = rediscovery::target_of(top, one, seed);
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  explore::Target whole = target;
  whole.lift = one.beside;
  explore::Options options;
  options.strategy = strategy, options.seed = seed, options.finds_max = 1, options.threads = settings.jobs, options.whole = &whole;
  explore::Search search(target, options);
  const auto& progress = search.explore([&] { return seconds() < settings.seconds; });
  Outcome out;
  out.found = !progress.finds.empty(), out.seconds = seconds(), out.runs = progress.runs;
  if (!out.found) {
    out.how = fmt::format("{} of {} moves tried alone, {} behaviours, {} near misses{}", progress.moves_tried, progress.moves, progress.covered, progress.near, progress.exhausted ? ", exhausted" : "");
    return out;
  }
  const auto& find = progress.finds[0];
  out.steps = find.attack.size();
  out.how = find.cause.text();
  if (!reproduces(target, whole, find)) out.found = false, out.how = "the file does not reproduce it: " + out.how;
  if (!settings.out.empty()) {
    std::filesystem::create_directories(settings.out);
    report::write_file(settings.out + "/" + one.name + ".yaml", explore::file_text(target, find));
  }
  return out;
}

Outcome median(std::vector<Outcome> all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.found != b.found ? a.found : a.runs < b.runs; });
  return all[all.size() / 2];
}

// The repository's top: as GLACIS_HOME says, else where `bazel run` was called, else the current folder.
std::string top_of_repository() {
  for (const char* name : {"GLACIS_HOME", "BUILD_WORKSPACE_DIRECTORY"})
    if (const char* said = std::getenv(name); said && *said) return said;
  return ".";
}

int run(const Settings& settings) {
  const std::string top = top_of_repository();
  // What ./glacis has built, where nothing else is said.
  setenv("GLACIS_VTPM", (top + "/out/glacis-vtpm").c_str(), 0);
  setenv("GLACIS_GUEST_RUNNER", (top + "/out/glacis-guest-runner").c_str(), 0);
  const auto cases = settings.what == "lifted" ? rediscovery::lifted(top) : rediscovery::historic(top);
  std::size_t asked = 0, found = 0, by_chance = 0, unreachable = 0;
  std::vector<std::string> missed;
  for (std::size_t i = settings.first; i < cases.size(); i += settings.every) {
    const auto& one = cases[i];
    if (!settings.only.empty() && !load::matches(settings.only, one.name)) continue;
    if (one.steps > explore::kStepsMax) {
      ++unreachable;
      continue;
    }
    ++asked;
    try {
      std::vector<Outcome> mine, chance;
      for (std::uint64_t seed = 1; seed <= settings.seeds; ++seed) {
        mine.push_back(seek(top, one, seed, explore::Strategy::kMixed, settings));
        if (settings.random) chance.push_back(seek(top, one, seed, explore::Strategy::kRandom, settings));
      }
      const auto middle = median(mine);
      fmt::print("{:<40} {:<22} {:<7} {:<7} {:>7} runs {:>6.1f} s {:>2} steps", one.name, one.scenario, one.platform, middle.found ? "found" : "missed", middle.runs, middle.seconds, middle.steps);
      if (settings.random) {
        const auto other = median(chance);
        by_chance += other.found;
        fmt::print("   random: {:<6} {:>7} runs {:>6.1f} s", other.found ? "found" : "missed", other.runs, other.seconds);
      }
      fmt::print("   {}\n", middle.how);
      if (middle.found) ++found;
      else missed.push_back(one.name);
    } catch (const base::UserError& error) {
      fmt::print("{:<40} cannot be explored: {}\n", one.name, error.what());
      missed.push_back(one.name);
    }
    std::fflush(stdout);
  }
  fmt::print("{} of {} found within {:.0f} s (median of {} seeds)", found, asked, settings.seconds, settings.seeds);
  if (settings.random) fmt::print("; {} by plain random search", by_chance);
  if (unreachable) fmt::print("; {} need more than {} steps", unreachable, explore::kStepsMax);
  fmt::print("\n");
  for (const auto& name : missed) fmt::print("missed: {}\n", name);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("How many weaknesses the explorer finds, told nothing but the machine.");
  app.add_option("WHAT", settings.what, "historic (default) or lifted: each defence of the catalogue taken away")->check(CLI::IsMember({"historic", "lifted"}));
  app.add_option("--seconds", settings.seconds, "for each search");
  app.add_option("--seeds", settings.seeds, "searches of each, of which the median is told")->check(CLI::Range(1, 100));
  app.add_option("--only", settings.only, "names that match, `tdx.*`");
  app.add_option("--every", settings.every, "each Nth alone")->check(CLI::Range(1, 1000));
  app.add_option("--first", settings.first, "from this one on");
  app.add_option("-j,--jobs", settings.jobs, "threads");
  app.add_option("--out", settings.out, "write what is found into this folder");
  app.add_flag("--random", settings.random, "and plain random search beside it");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(settings);
  } catch (const base::UserError& error) {
    fmt::print(stderr, "rediscovery: {}\n", error.what());
    return 2;
  }
}
