#pragma once
// What the attack catalogue says of a cell beside what was observed there. The catalogue is others' word: a difference is shown, and
// one that contradicts a source read by the catalogue is a failure until the file quotes a source that says otherwise.
#include <string>
#include <vector>

#include "scenarios/load/catalogue_csv.h"
#include "scenarios/report/matrix.h"

namespace report {

struct Difference {
  std::string attack, platform;
  std::string catalogue;  // the outcome it gives, or "n/a"
  std::string observed;
  bool verified = false;  // the catalogue read it in a source
  std::string source;     // the citation in the file that says what was observed, else empty
  bool explained() const { return !verified || !source.empty(); }
};

// Compares baseline cells by the rows that the files name; an unexplained difference makes the matrix's cell disagree.
// Throws base::UserError for a file that names a row the catalogue does not have.
std::vector<Difference> compare_with_catalogue(Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                                               const std::vector<load::CatalogueRow>& rows);

// One line a difference, and one that counts them; empty when there is none.
std::string text_of(const std::vector<Difference>& differences);

}  // namespace report
