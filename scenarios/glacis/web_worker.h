#pragma once
// The child that plays one run for a page: the page's message comes on standard input, the films leave on standard output, and what
// was wrong is the last line of standard error. It lives as long as the server at most, and within limits of its own.
#include "scenarios/glacis/commands.h"

namespace glacis {

void play_for_page(Session& session);

}  // namespace glacis
