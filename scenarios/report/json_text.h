#pragma once
// JSON as people read it: one key a line, two spaces a level, a newline at the end.
#include <string>

#include <boost/json/value.hpp>

namespace report {

std::string indented(const boost::json::value& value);

}  // namespace report
