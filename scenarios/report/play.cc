#include "scenarios/report/play.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/compare.h"

namespace report {

std::string time_text(std::uint64_t time) {
  constexpr std::uint64_t kPicosecondsPerMicrosecond = 1'000'000, kPerNanosecond = 1'000;
  return fmt::format("{}.{:03} us", time / kPicosecondsPerMicrosecond,
                     time % kPicosecondsPerMicrosecond / kPerNanosecond);
}

std::string text_of(const std::vector<engine::Line>& lines) {
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.actor.size());
  std::string out;
  for (const auto& line : lines) {
    out += fmt::format("  {:>16}  {:<{}}  {}", time_text(line.time), line.actor, width, line.text);
    out += line.clause.empty() ? "\n" : " [" + line.clause + "]\n";
  }
  return out;
}

std::string play_of(const Told& told, const engine::Verdict& verdict, bool with_lines) {
  std::string out = fmt::format("{}\n  {} on {}, seed {}, profile {}\n", told.scenario->title.value, told.scenario->id,
                                told.platform, told.seed, told.profile);
  if (!told.lift.empty()) out += "  lifted: " + joined(told.lift) + "\n";
  for (const auto& [key, value] : told.set) out += "  set: " + key + " = " + value + "\n";
  if (!told.weather.empty()) out += "  weather: " + joined(told.weather) + "\n";
  for (const auto& text : verdict.assumed) out += "  assumes: " + text + "\n";
  if (with_lines) out += text_of(engine::lines_of(verdict.trace));
  out += "  " + verdict.sentence() + "\n";
  for (const auto& breach : verdict.breaches)
    out += fmt::format("    {}: {}\n", trust::name_of(breach.promise), breach.what);
  for (const auto& id : verdict.missed) out += "    lifted, would have spoken: " + id + "\n";
  if (!verdict.limit.empty()) out += "    ended by the limit: " + verdict.limit + "\n";
  for (const auto& text : verdict.conventions) out += "    convention: " + text + "\n";
  return out;
}

std::string judgement_of(const Cell& cell) {
  std::string out;
  for (const auto& check : cell.checks)
    out += fmt::format("  {} {}: {}{}\n", check.agrees ? "ok  " : "FAIL", check.label, check.observed,
                       check.agrees ? "" : "; expected " + check.expected);
  for (const auto& line : cell.mismatches) out += "  ! " + line + "\n";
  return out;
}

}  // namespace report
