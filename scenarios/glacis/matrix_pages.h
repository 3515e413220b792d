#pragma once
// `matrix --html`: the matrix as a folder of pages, index.html and one page for each attack with the films of its cells.
#include <string>
#include <vector>

#include "scenarios/glacis/home.h"
#include "scenarios/glacis/matrix_films.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/matrix.h"
#include "scenarios/web/matrix_page.h"

namespace glacis {

class MatrixPages {
 public:
  // Refuses, before anything is played, a folder that cannot be written, one where a page's name is taken by something that is no
  // page of ours, and attacks that cannot have a page of their own. `films` are of all cells when add_to() is called, which takes them.
  MatrixPages(std::string folder, const std::vector<load::Scenario>& scenarios, MatrixFilms& films);

  // Of the whole catalogue every defence is shown, of some files only those that they name.
  struct Shown {
    std::vector<std::string> columns;
    bool whole = true;
    std::size_t jobs = 0;
  };
  void add_to(report::OutputFiles& files, const Home& home, const report::Matrix& matrix, const std::vector<load::Scenario>& scenarios,
              const Shown& shown);

 private:
  std::string folder_;
  MatrixFilms& films_;
};

}  // namespace glacis
