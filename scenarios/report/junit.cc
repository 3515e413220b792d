#include "scenarios/report/junit.h"

#include <fmt/format.h>

#include "scenarios/report/compare.h"

namespace report {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    // XML 1.0 has no other control characters.
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      out += '?';
    else
      out += c;
  }
  return out;
}

}  // namespace

namespace {

struct Count {
  std::size_t tests = 0, failures = 0, skipped = 0, unplayed = 0;
};

std::string case_of(const Cell& cell, std::string_view label, std::string_view inside) {
  const auto name = label.empty() ? cell.platform : fmt::format("{}: {}", cell.platform, label);
  const auto head = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(cell.attack), escaped(name));
  return inside.empty() ? head + "/>\n" : fmt::format("{}>\n      {}\n    </testcase>\n", head, inside);
}

std::string failure(std::string_view observed, std::string_view expected, const std::vector<std::string>& lines) {
  return fmt::format("<failure message=\"{}, expected {}\">{}</failure>", escaped(observed), escaped(expected), escaped(joined(lines, "\n")));
}

// One for each check of the cell; what differs without belonging to a check has one of its own.
std::string cases_of(const Cell& cell, Count& count) {
  if (cell.observed == "n/a" || cell.observed == kUnplayed) {
    const bool unplayed = cell.observed == kUnplayed;
    ++count.tests, ++count.skipped, count.unplayed += unplayed;
    return case_of(cell, "", fmt::format("<skipped message=\"{}\"/>", unplayed ? "not played" : escaped(cell.reason)));
  }
  std::string out;
  std::vector<std::string> rest = cell.mismatches;
  for (const auto& check : cell.checks) {
    ++count.tests;
    std::vector<std::string> lines;
    if (!check.agrees) {
      ++count.failures;
      std::erase_if(rest, [&](const auto& line) { return line.starts_with(check.label + ": ") && (lines.push_back(line), true); });
      if (lines.empty()) lines.swap(rest);  // where there is one check, its lines do not name it
    }
    out += case_of(cell, check.label, check.agrees ? "" : failure(check.observed, check.expected, lines));
  }
  if (cell.checks.empty() || !rest.empty()) {
    ++count.tests;
    if (!rest.empty()) ++count.failures;
    out += case_of(cell, "", rest.empty() ? "" : failure(cell.observed, cell.expected.empty() ? "no broken promise" : cell.expected, rest));
  }
  return out;
}

}  // namespace

std::string junit_of(const std::vector<Cell>& cells) {
  std::string cases;
  Count count;
  for (const auto& cell : cells) cases += cases_of(cell, count);
  const auto partial = count.unplayed == 0 ? "" : fmt::format(
      "    <properties>\n      <property name=\"partial\" value=\"{} of {} cells are not played\"/>\n    </properties>\n", count.unplayed, cells.size());
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"glacis\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}{}  </testsuite>\n</testsuites>\n",
      count.tests, count.failures, count.skipped, partial, cases);
}

}  // namespace report
