#pragma once
// `matrix --html`: the page of the whole matrix, and the page of one attack's runs.
#include <string>
#include <vector>

#include "scenarios/web/matrix_contents.h"

namespace web {

// index.html
std::string matrix_page(const MatrixContents& contents);

// A run as an attack's page keeps it. Films are packed where they are made, since all of them at once would not fit into memory.
struct PackedRun {
  std::string platform, profile, outcome;
  bool agrees = true;  // with what the file expects
  std::string film;  // packed.h, of film_json.h
  std::string text;  // the verdict and the play, for those without a script
};

std::string attack_page(const load::Scenario& scenario, const std::vector<PackedRun>& runs);

}  // namespace web
