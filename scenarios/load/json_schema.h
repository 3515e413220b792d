#pragma once
// JSON Schema (draft 2020-12) of scenario and machine files, for editors. Derived from the key tables that the loaders
// read by; it is laxer than they are where a rule spans several lines.
#include <boost/json/value.hpp>

#include "scenarios/load/vocabulary.h"

namespace load {

boost::json::value scenario_schema(const Vocabulary& vocabulary);
boost::json::value machine_schema(const MachineVocabulary& vocabulary);

}  // namespace load
