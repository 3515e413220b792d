#pragma once
// Writes a file whole or not at all: into a neighbour first, which then takes its name. Throws base::UserError.
#include <string>
#include <string_view>

#include "platform/base/bytes.h"

namespace report {

void write_file(const std::string& path, base::View bytes);
void write_file(const std::string& path, std::string_view text);
// Refuses when something of that name is there.
void write_new_file(const std::string& path, std::string_view text);

}  // namespace report
