#pragma once
// A run with its film as the pages take it: one JSON object, in the form that ui/src/film.ts describes.
#include <boost/json/object.hpp>

#include "scenarios/report/play.h"

namespace web {

// `source` is the text of the scenario's file. `cell` is null for a run that is compared with nothing.
boost::json::object film_object(const report::Told& told, const engine::Verdict& verdict, const report::Cell* cell, std::string_view source);

}  // namespace web
