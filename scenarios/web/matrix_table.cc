#include "scenarios/web/matrix_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/report/matrix_files.h"
#include "scenarios/web/page.h"

namespace web {

namespace {

constexpr const char* kOutcomes[] = {"broken", "blocked", "detected", "stopped", "held", "inert", "error", "n/a"};

std::string class_of(std::string_view outcome) { return outcome == "n/a" ? "o na" : "o " + std::string(outcome); }

std::string word(std::string_view outcome) {
  return fmt::format("<span class=\"{}\">{}</span>", class_of(outcome), escaped(outcome));
}

// The text of the cell is that of the table on a terminal.
std::string cell_html(const report::Cell* cell, const std::string& column) {
  if (!cell) return fmt::format("<td data-p=\"{}\" class=\"none\">-</td>", escaped(column));
  std::string words = word(cell->observed);
  if (!cell->observed_hardened.empty()) words += "<i> &gt; </i>" + word(cell->observed_hardened);
  if (!cell->agrees) words += "<b class=\"differs\" title=\"not as the file expects\"> !</b>";
  const bool absent = cell->observed == "n/a";
  const std::string link = absent ? "#na." + cell->attack : run_file(cell->attack) + run_fragment(cell->platform, "baseline");
  const std::string title = absent ? fmt::format(" title=\"{}\"", escaped(cell->reason)) : "";
  return fmt::format("<td data-p=\"{}\"><a href=\"{}\"{}>{}</a></td>", escaped(column), escaped(link), title, words);
}

std::string row_html(const load::Scenario& scenario, const report::CellsByName& cells, const std::vector<std::string>& columns) {
  const auto id = escaped(scenario.id);
  std::string out = fmt::format("<tr data-attack=\"{}\"><th scope=\"row\"><a href=\"#about.{}\">{}</a> <span>{}</span></th>", id, id, id,
                                escaped(scenario.title.value));
  for (const auto& column : columns) {
    const auto found = cells.find({scenario.id, column});
    out += cell_html(found == cells.end() ? nullptr : found->second, column);
  }
  return out + "</tr>\n";
}

std::vector<std::string> groups_of(const std::vector<load::Scenario>& scenarios) {
  std::vector<std::string> out;
  for (const auto& scenario : scenarios)
    if (std::ranges::find(out, report::folder_of(scenario)) == out.end()) out.push_back(report::folder_of(scenario));
  return out;
}

std::string totals_html(const MatrixContents& contents) {
  std::string out = "<tfoot>\n";
  for (const std::string outcome : kOutcomes) {
    const auto is = [&](const report::Cell& cell) { return cell.observed == outcome; };
    if (std::ranges::none_of(contents.matrix.cells, is)) continue;
    out += fmt::format("<tr data-outcome=\"{}\"><th scope=\"row\">{}</th>", outcome, word(outcome));
    for (const auto& column : contents.columns)
      out += fmt::format("<td data-p=\"{}\">{}</td>", escaped(column), std::ranges::count_if(contents.matrix.cells, [&](const auto& cell) {
                           return cell.platform == column && is(cell);
                         }));
    out += "</tr>\n";
  }
  return out + "</tfoot>\n";
}

}  // namespace

std::string run_file(const std::string& attack) { return attack + ".html"; }

bool has_run(const report::Matrix& matrix, const std::string& attack) {
  return std::ranges::any_of(matrix.cells, [&](const auto& cell) { return cell.attack == attack && cell.observed != "n/a"; });
}

std::string run_fragment(const std::string& platform, const std::string& profile) {
  return "#platform=" + platform + (profile == "baseline" ? "" : "&profile=" + profile);
}

std::string matrix_table(const MatrixContents& contents) {
  const auto cells = report::by_name(contents.matrix);
  std::string head, out;
  for (const auto& column : contents.columns)
    head += fmt::format("<th scope=\"col\" data-p=\"{}\">{}</th>", escaped(column), escaped(column));
  for (const auto& group : groups_of(contents.scenarios)) {
    std::string rows;
    std::size_t count = 0;
    for (const auto& scenario : contents.scenarios)
      if (report::folder_of(scenario) == group) rows += row_html(scenario, cells, contents.columns), ++count;
    out += fmt::format("<tbody data-group=\"{}\">\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\">{} <span>{} attack{}</span></th></tr>\n{}</tbody>\n",
                       escaped(group), contents.columns.size() + 1, escaped(group), count, count == 1 ? "" : "s", rows);
  }
  return fmt::format(
      "<table id=\"matrix\">\n<caption>Each cell is the outcome of a run. <em>broken &gt; blocked</em>: on the baseline machine, then on the "
      "hardened one. <em>-</em>: the file says nothing of that platform. <em>n/a</em>: the attack has no place there, and the file says "
      "why. <em>!</em>: not what the file expects.</caption>\n<thead>\n<tr><th scope=\"col\">attack</th>{}</tr>\n</thead>\n{}{}</table>\n",
      head, out, totals_html(contents));
}

}  // namespace web
