#pragma once
// The steps of an attack: who acts, where, after what, with which verb.
#include <vector>

#include "scenarios/load/scenario.h"
#include "scenarios/load/vocabulary.h"

namespace load {

// `platforms` are those of the file; a step's `for` must lie within.
std::vector<Step> read_steps(const Node& list, const Vocabulary& vocabulary, const Names& platforms);

}  // namespace load
