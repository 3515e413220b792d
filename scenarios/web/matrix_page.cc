#include "scenarios/web/matrix_page.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "scenarios/web/matrix_json.h"
#include "scenarios/web/matrix_table.h"
#include "scenarios/web/packed.h"
#include "scenarios/web/page.h"
#include "scenarios/web/run_page.h"

namespace web {

std::string matrix_page(const MatrixContents& contents) {
  const auto body = fmt::format(
      "<main id=\"matrix-page\">\n<h1>Attacks by platforms</h1>\n<div id=\"matrix-frame\">\n{}</div>\n<noscript>\n{}</noscript>\n</main>\n",
      matrix_table(contents), matrix_text(contents));
  return page("matrix", "Glacis: attacks by platforms", body, boost::json::object{{"format", 1}, {"packed", boost::json::array{packed(matrix_object(contents))}}});
}

std::string attack_page(const load::Scenario& scenario, const std::vector<PackedRun>& runs) {
  std::string body = fmt::format("<noscript>\n<p><a href=\"index.html\">All attacks</a></p>\n<h1>{}</h1>\n", escaped(scenario.title.value));
  boost::json::array all;
  for (const auto& run : runs) {
    body += "<pre>" + escaped(shortened(run.text)) + "</pre>\n";
    all.push_back(boost::json::object{{"platform", run.platform}, {"profile", run.profile}, {"outcome", run.outcome}, {"agrees", run.agrees}, {"packed", run.film}});
  }
  return page("attack", scenario.title.value, body + "</noscript>\n",
              boost::json::object{{"format", 1}, {"attack", scenario.id}, {"runs", std::move(all)}});
}

}  // namespace web
