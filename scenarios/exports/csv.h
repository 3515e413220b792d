#pragma once
// `run --csv`: the events of one run as a table (RFC 4180, UTF-8), a line each. A cell of text that a spreadsheet would take for a
// formula (it begins with = + - @ or a control character) begins with an apostrophe instead.
#include <string>

#include "scenarios/engine/film.h"

namespace exports {

std::string csv_of(const engine::Film& film);
std::string csv_cell(std::string_view text);

}  // namespace exports
