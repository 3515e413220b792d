#pragma once
// `run --perfetto`: one run in the Trace Event Format, which Perfetto and chrome://tracing open. A lane is a thread in the process of its
// kind; a message is a slice of no length on both lanes and a flow between them; a line is an instant; what was true of the machine
// is a slice, from when until when, in a process for each group of facts. Times are simulated microseconds, to the picosecond.
#include <string>

#include "scenarios/report/play.h"

namespace exports {

std::string perfetto_of(const report::Told& told, const engine::Verdict& verdict);

}  // namespace exports
