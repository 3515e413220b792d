#pragma once
// Our outcomes beside those of one publication: a key of the files' `sources:` that says what came of an attack on a
// platform, or the attack catalogue. Only baseline outcomes are compared. A source's word changes no verdict.
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load/catalogue_csv.h"
#include "scenarios/report/matrix.h"

namespace report {

inline constexpr std::string_view kCatalogueSource = "catalogue";

// The keys that say an outcome somewhere, sorted, and `catalogue`.
std::vector<std::string> source_keys(const std::vector<load::Scenario>& scenarios);
// The files of which the source says something.
std::vector<load::Scenario> spoken_of_by(std::string_view source, const std::vector<load::Scenario>& scenarios);

struct Claimed {
  std::string attack, platform;
  std::string says;        // an outcome, or "n/a"
  std::string observed;    // an outcome, "n/a", or "" where the file plays nothing there
  std::string through;     // the defences that spoke or the promises that broke
  std::string cite;        // where it is said
  std::string other_cite;  // another source of the file that says what was observed; else empty
  bool agrees() const {
    return says == observed || (says == "n/a" && observed.empty()) || (says == "stopped" && observed == "held");
  }
  bool differs() const { return !agrees() && !observed.empty(); }
};

// In the order of the matrix' attacks, then of `columns`. `rows` matter for the catalogue alone.
std::vector<Claimed> claims_of(std::string_view source, const Matrix& matrix,
                               const std::vector<load::Scenario>& scenarios,
                               const std::vector<load::CatalogueRow>& rows, const std::vector<std::string>& columns);

// One line a claim, marked `=` where it agrees, `!` where it differs, `-` where nothing is played; then each difference
// with its citation, and the counts.
std::string text_of(std::string_view source, const std::vector<Claimed>& claims);

}  // namespace report
