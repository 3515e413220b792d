#include "scenarios/web/run_page.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "scenarios/web/page.h"

namespace web {

std::string shortened(const std::string& text) {
  std::size_t at = 0, lines = 0;
  while (lines < kPlainLinesMax && (at = text.find('\n', at)) != text.npos) ++at, ++lines;
  if (at == text.npos || at >= text.size()) return text;
  return text.substr(0, at) + "... what follows is left out here; `glacis run` prints it\n";
}

// A parser with scripting takes what stands in noscript for one text, so that long plays cost such a reader nothing.
std::string run_page(std::vector<FilmedRun> runs) {
  std::string body = "<noscript>\n", title;
  boost::json::array films;
  for (auto& run : runs) {
    if (title.empty()) title = std::string(run.film.at("title").as_string());
    body += "<h1>" + escaped(std::string_view(run.film.at("title").as_string())) + "</h1>\n<pre>" + escaped(shortened(run.text)) + "</pre>\n";
    films.push_back(std::move(run.film));
  }
  return page("run", title, body + "</noscript>\n", boost::json::object{{"format", 1}, {"runs", std::move(films)}});
}

}  // namespace web
