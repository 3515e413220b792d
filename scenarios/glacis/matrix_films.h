#pragma once
// The films of a matrix' cells on their way to its pages: from runs that are played here, or out of parts that were played elsewhere.
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/report/cell_json.h"

namespace glacis {

class MatrixFilms {
 public:
  // As report::MakeCell: keeps the films of the runs that the cell's words are about.
  report::Cell make_cell(const report::Stage& stage, const load::Scenario& scenario, const std::string& platform);
  void put(const std::string& attack, const std::string& platform, std::vector<report::KeptFilm> films);
  // Of one cell, which are then gone from here; none of a cell that was not played.
  std::vector<report::KeptFilm> take(const std::string& attack, const std::string& platform);

 private:
  void keep(const report::Stage& stage, const load::Scenario& scenario, const std::string& platform, const std::string& profile,
            report::Cell* cell);

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<report::KeptFilm>> films_;  // by attack and platform
};

}  // namespace glacis
