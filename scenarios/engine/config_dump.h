#pragma once
// The configuration space of parts of a machine, as a faithful host leaves it at boot: enumerated, before any guest.
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"

namespace engine {

// In the form that `lspci -F` reads, in the order asked for. Throws base::UserError for a part without one, with the
// names of those that have one. The scenario of `run` has no step.
std::string dump_config(const Run& run, const std::vector<std::string>& parts);

}  // namespace engine
