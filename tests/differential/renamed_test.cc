// A VM's name is a word of whoever wrote the machine down, and decides nothing. Cells of the whole catalogue, spread evenly and with all files
// of several VMs, are played as they are and with other names in the scenario's text and in the machine's; also in names that sort the
// other way round. What is compared is the verdict, with the names changed back: times and bytes are those of other random streams.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/parallel.h"
#include "tests/catalogue/cells.h"

namespace {

using catalogue::Cell;

constexpr std::size_t kStep = 31;  // prime to the number of platforms

bool of_a_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

// vm0 and vm1 where they stand as a name, exchanged with what `names` has for them.
using Names = std::map<std::string, std::string>;
std::string renamed(const std::string& text, const Names& names) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && of_a_name(text[end])) ++end;
    if (end == i) {
      out += text[i++];
      continue;
    }
    const auto word = text.substr(i, end - i);
    const auto found = names.find(word);
    out += found == names.end() ? word : found->second;
    i = end;
  }
  return out;
}
Names back(const Names& names) {
  Names out;
  for (const auto& [from, to] : names) out[to] = from;
  return out;
}

const Names kInOrder = {{"vm0", "vm3"}, {"vm1", "vm7"}}, kTurned = {{"vm0", "vm10"}, {"vm1", "vm05"}};

// The cell as it would be if its author had called VMs so.
Cell renamed(const Cell& cell, const Names& names) {
  Cell out{load::parse_scenario(renamed(load::read_text(cell.scenario.file), names), cell.scenario.file, engine::vocabulary()), cell.platform, {}};
  const auto read = [&](const std::string& path) { return renamed(load::read_text(path), names); };
  out.machine = load::load_machine("scenarios", out.scenario.machines.at(0).path.value, cell.platform, engine::machine_vocabulary(), read);
  load::lay_settings(out.machine, out.scenario.set, out.scenario.file, engine::machine_vocabulary());
  return out;
}

// What a verdict says, a line each.
std::vector<std::string> told(const engine::Verdict& verdict, const Names& names = {}) {
  std::vector<std::string> out = {verdict.sentence(), "limit " + verdict.limit, verdict.distinguishable ? "distinguishable" : "alike"};
  const auto breaches = [&](const auto& all) {
    for (const auto& breach : all) out.push_back(std::string(trust::name_of(breach.promise)) + ": " + breach.what);
  };
  std::set<std::string> once;
  for (const auto& spoken : verdict.spoken)
    if (const auto line = spoken.defence + " at " + spoken.at; once.insert(line).second) out.push_back(line);
  for (const auto& id : std::set<std::string>(verdict.missed.begin(), verdict.missed.end())) out.push_back("missed " + id);
  breaches(verdict.breaches);
  if (verdict.retry) breaches(verdict.retry->breaches);
  std::set<std::string> ends;  // in the order of names, which is another one
  for (const auto& [who, state] : verdict.ends) ends.insert(renamed(who + " ends " + state, names));
  if (verdict.retry) {
    out.push_back("retry limit " + verdict.retry->limit);
    for (const auto& [who, state] : verdict.retry->ends) ends.insert(renamed("retry: " + who + " ends " + state, names));
    for (const auto& [who, why] : verdict.retry->stopped) ends.insert(renamed("retry: " + who + " stops: " + why, names));
  }
  for (auto& line : out) line = renamed(line, names);
  out.insert(out.end(), ends.begin(), ends.end());
  return out;
}

bool has_several(const Cell& cell) {
  std::size_t vms = 0;
  for (const auto& [name, part] : cell.machine.parts) vms += part.is == "vm";
  return vms > 1;
}

const std::vector<Cell>& sample() {
  static const std::vector<Cell> kCells = [] {
    std::vector<Cell> out;
    std::size_t number = 0;
    for (auto& cell : catalogue::cells())
      if (number++ % kStep == 3 || has_several(cell)) out.push_back(std::move(cell));
    return out;
  }();
  return kCells;
}

void compare(const Names& names) {
  report::for_each_job(sample().size(), [&](std::size_t i) {
    const auto& cell = sample()[i];
    EXPECT_EQ(told(catalogue::play(cell)), told(catalogue::play(renamed(cell, names)), back(names))) << cell.name();
  });
}

TEST(Renamed, TheSampleHasAllPlatformsAndMachinesOfSeveralVms) {
  std::set<std::string> platforms, several;
  for (const auto& cell : sample()) {
    platforms.insert(cell.platform);
    if (has_several(cell)) several.insert(cell.platform);
  }
  EXPECT_GE(sample().size(), 100u);
  EXPECT_GE(platforms.size(), 8u);
  EXPECT_GE(several.size(), 5u);
}

TEST(Renamed, NamesAreExchangedAsWholeWords) {
  EXPECT_EQ(renamed("vm0.page.x and vm01, vm1 -> my-vm0", kInOrder), "vm3.page.x and vm01, vm7 -> my-vm0");
  EXPECT_EQ(renamed(renamed("vm0 vm1", kTurned), back(kTurned)), "vm0 vm1");
}

TEST(Renamed, AnotherNameOfAVmChangesNoVerdict) { compare(kInOrder); }

TEST(Renamed, NamesThatSortTheOtherWayRoundChangeNoVerdict) { compare(kTurned); }

// The settings of a VM are its own under any name.
TEST(Renamed, EverySettingOfAVmIsReadUnderItsName) {
  std::vector<Cell> set;
  std::set<std::string> seen;
  for (auto& cell : catalogue::cells()) {
    bool fresh = false;
    const auto look = [&](const std::map<std::string, load::Text>& all) {
      for (const auto& [key, value] : all) fresh = fresh || (key.starts_with("vm") && seen.insert(key + " on " + cell.platform).second);
    };
    look(cell.scenario.set);
    for (const auto& row : cell.scenario.with)
      if (report::holds_on(row, cell.platform)) look(row.set);
    if (fresh) set.push_back(std::move(cell));
  }
  EXPECT_GE(set.size(), 20u);
  report::for_each_job(set.size(), [&](std::size_t i) {
    const auto other = renamed(set[i], kInOrder);
    const auto laid = [](const load::Row& row) {
      return [&row](engine::Run& run) {
        for (const auto& [key, value] : row.set) run.set[key] = value.value;
        run.afterwards = false;
      };
    };
    EXPECT_EQ(told(catalogue::play(set[i])), told(catalogue::play(other), back(kInOrder))) << set[i].name();
    for (std::size_t row = 0; row < set[i].scenario.with.size(); ++row) {
      if (!report::holds_on(set[i].scenario.with[row], set[i].platform)) continue;
      EXPECT_EQ(told(catalogue::play(set[i], laid(set[i].scenario.with[row]))), told(catalogue::play(other, laid(other.scenario.with[row])), back(kInOrder)))
          << set[i].name() << ", row " << row << " of `with`";
    }
  });
}

}  // namespace
