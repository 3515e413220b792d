#pragma once
// A cell as JSON: as reports show it, and as parts carry it from a shard to where all are joined.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "scenarios/report/cell.h"

namespace report {

// One run of a cell as its page shows it (web::PackedRun).
struct KeptFilm {
  std::string profile, outcome;
  bool agrees = true;
  std::string film, text;
};

// A cell as it was played, with what else a joined matrix counts.
struct PlayedCell {
  Cell cell;
  std::vector<std::string> shared;  // digests of the honest runs that it asked for and that cells may share, each time
  std::vector<KeptFilm> films{};    // where pages are to be made of the parts
};

boost::json::object object_of(const Cell& cell);
boost::json::object object_of(const PlayedCell& played);
// Nothing where `value` is not what the other direction gives.
std::optional<PlayedCell> played_cell_of(const boost::json::value& value);

}  // namespace report
