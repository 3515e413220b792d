#pragma once
// `run --html`: the page of one run, or of several side by side.
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "scenarios/report/play.h"

namespace web {

struct FilmedRun {
  boost::json::object film;  // film_json.h
  std::string text;          // the verdict and the play, for those without a script
};

// A text is cut after so many lines, and says so: whoever has no script has `glacis trace`.
inline constexpr std::size_t kPlainLinesMax = 5'000;

std::string shortened(const std::string& text);

std::string run_page(std::vector<FilmedRun> runs);

}  // namespace web
