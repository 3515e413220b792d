#pragma once
// One run as JSON, for programs.
#include <boost/json/value.hpp>

#include "scenarios/report/play.h"

namespace report {

// `cell` is null for a run that is compared with nothing.
boost::json::object run_object(const Told& told, const engine::Verdict& verdict, const Cell* cell);

}  // namespace report
