#pragma once
// One run as a play: who is on stage and what the adversary was told, one line an event, and the verdict.
#include <string>

#include "scenarios/engine/play.h"
#include "scenarios/report/cell.h"

namespace report {

struct Told {
  const load::Scenario* scenario = nullptr;
  std::string platform;
  std::uint64_t seed = 1;
  std::string profile = "baseline";
  std::vector<std::string> lift;
  std::map<std::string, std::string> set;
  std::vector<std::string> weather{};
};

std::string play_of(const Told& told, const engine::Verdict& verdict, bool with_lines = true);
// One line an event: time, who, what, and the clause of a defence that spoke.
std::string text_of(const std::vector<engine::Line>& lines);
// "expected ...: as expected", one line for each further check, and the differences.
std::string judgement_of(const Cell& cell);
// Picoseconds as microseconds.
std::string time_text(std::uint64_t time);

}  // namespace report
