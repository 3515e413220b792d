#pragma once
// Every message layout of the tree, so that one test and one fuzz target walk them all. tests/tidy fails for a layout that is
// neither here nor part of one that is.
#include <vector>

#include "platform/wire/schema.h"

namespace layouts {

std::vector<wire::Schema> all();

}  // namespace layouts
