#pragma once
// What an exploration found, for people and for programs.
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "scenarios/explore/search.h"

namespace explore {

// One line: "1204 runs, 612 a second; 310 of 5120 moves tried alone; 88 behaviours seen, 31 of them edges of vm0's program; 2 found, 14 more by the same causes".
std::string progress_text(const Progress& progress, double seconds);


// A find's file, with what the attack does where nothing is lifted.
std::string file_text(const Target& target, const Find& find);
// One line that names it: "vmm swaps at vm0.mapping: integrity".
std::string title_of(const Find& find);

// What an exploration of so many runs gives, without anything that a clock or a machine's speed decides; each find with its file.
boost::json::object findings_object(const Target& target, const Options& options, const Progress& progress);

// What the pieces of one search found together, in their order: sums, and of each cause the first find. Throws base::UserError for
// objects that are no findings, or of different targets.
boost::json::object joined(const std::vector<boost::json::object>& pieces);

// As people read it: each find with its steps, then the sums.
std::string text_of(const boost::json::object& findings);

}  // namespace explore
