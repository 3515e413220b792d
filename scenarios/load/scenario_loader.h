#pragma once
// Reads a scenario file. Whatever is not known, not unique, not of the right form or contradicts another line is a
// base::UserError with its place and the names that would have been right.
#include <string>
#include <string_view>

#include "scenarios/load/scenario.h"
#include "scenarios/load/vocabulary.h"

namespace load {

Scenario load_scenario(const std::string& path, const Vocabulary& vocabulary);
Scenario parse_scenario(std::string_view text, const std::string& file, const Vocabulary& vocabulary);

}  // namespace load
