#pragma once
// What identifies a whole that is played in shards: this program, and the content of every file that it reads for these scenarios.
// Files are named so that a tree elsewhere gives the same names: by $GLACIS_HOME, else as the current folder has them.
#include <map>
#include <string>
#include <vector>

#include "scenarios/glacis/home.h"
#include "scenarios/report/part.h"

namespace glacis {

// With everything but `items` filled in. `scenarios` are those that are played, on the platforms that they have.
report::Whole whole_of(const Home& home, std::string kind, const std::vector<load::Scenario>& scenarios,
                       std::map<std::string, std::vector<std::string>> options);

std::string portable_name(const Home& home, const std::string& file);
std::string file_named(const Home& home, const std::string& portable);
std::string digest_of_file(const std::string& file);

}  // namespace glacis
