#pragma once
// `--sarif`: what differs from its file, as annotations for CI (SARIF 2.1.0, the properties that GitHub asks for). A result stands at
// the row of the scenario that says otherwise; its rule is the promise that broke, or the defence that was expected. A promise that
// breaks as the file expects is a note.
#include <string>
#include <vector>

#include "scenarios/report/cell.h"

namespace exports {

struct Judged {
  const load::Scenario* scenario = nullptr;
  const report::Cell* cell = nullptr;
  std::string uri;  // of the scenario's file, as whoever reads the results finds it
};

std::string sarif_of(const std::vector<Judged>& all, std::string_view version);

// A path as a relative reference, or as file:// where it is absolute.
std::string uri_of(std::string_view path);

}  // namespace exports
