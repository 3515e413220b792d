#pragma once
// Parts of a search, for whoever joins them.
#include <string>

#include "scenarios/glacis/commands.h"
#include "scenarios/report/part.h"

namespace glacis {

bool is_search(const report::Part& part);
// Tells what the pieces found together, as one call of `explore` with as many `--pieces` does. Throws base::UserError.
void merge_searches(Session& session, const report::Items& items, const std::string& out, const std::string& json);

}  // namespace glacis
