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

std::string junit_of(const std::vector<Cell>& cells) {
  std::string cases;
  std::size_t failures = 0, skipped = 0;
  for (const auto& cell : cells) {
    auto head = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(cell.attack), escaped(cell.platform));
    if (cell.observed == "n/a") {
      ++skipped;
      cases += head + "><skipped/></testcase>\n";
    } else if (cell.agrees) {
      cases += head + "/>\n";
    } else {
      ++failures;
      cases += fmt::format("{}>\n      <failure message=\"{}, expected {}\">{}</failure>\n    </testcase>\n", head,
                           escaped(cell.observed), escaped(cell.expected), escaped(joined(cell.mismatches, "\n")));
    }
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"glacis\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
      cells.size(), failures, skipped, cases);
}

}  // namespace report
