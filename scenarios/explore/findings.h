#pragma once
// What an exploration found, for people and for programs.
#include <string>

#include <boost/json/object.hpp>

#include "scenarios/explore/search.h"

namespace explore {

// One line: "1204 runs, 612 a second; 310 of 5120 moves tried alone; 88 behaviours seen, 31 of them edges of vm0's program; 2 found, 14 more by the same causes".
std::string progress_text(const Progress& progress, double seconds);

// Guest programs outside that tell nothing of their coverage, a line each.
std::string uncovered_text(const Progress& progress);

// A find's file, with what the attack does where nothing is lifted.
std::string file_text(const Target& target, const Find& find);
// One line that names it: "vmm swaps at vm0.mapping: integrity".
std::string title_of(const Find& find);

// What a run of so many runs gives, without anything that a clock or a machine's speed decides.
boost::json::object findings_object(const Target& target, const Options& options, const Progress& progress);

}  // namespace explore
