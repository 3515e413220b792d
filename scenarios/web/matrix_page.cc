#include "scenarios/web/matrix_page.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "scenarios/web/matrix_json.h"
#include "scenarios/web/matrix_table.h"
#include "scenarios/web/packed.h"
#include "scenarios/web/page.h"
#include "scenarios/web/run_page.h"

namespace web {

namespace {

boost::json::object packed_data(boost::json::array packed_values) {
  return {{"format", 1}, {"packed", std::move(packed_values)}};
}

}  // namespace

std::string matrix_page(const MatrixContents& contents) {
  const auto body = fmt::format(
      "<main id=\"matrix-page\">\n<h1>Attacks by platforms</h1>\n<div id=\"matrix-frame\">\n{}</div>\n<noscript>\n{}</noscript>\n</main>\n",
      matrix_table(contents), matrix_text(contents));
  return page("matrix", "Glacis: attacks by platforms", body, packed_data({packed(matrix_object(contents))}));
}

std::string attack_page(const load::Scenario& scenario, const std::vector<PackedRun>& runs) {
  std::string body = fmt::format("<noscript>\n<p><a href=\"index.html\">All attacks</a></p>\n<h1>{}</h1>\n", escaped(scenario.title.value));
  boost::json::array films;
  for (const auto& run : runs) {
    body += "<pre>" + escaped(shortened(run.text)) + "</pre>\n";
    films.emplace_back(run.film);
  }
  return page("run", scenario.title.value, body + "</noscript>\n", packed_data(std::move(films)));
}

}  // namespace web
