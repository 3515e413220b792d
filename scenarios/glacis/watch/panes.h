#pragma once
// What the panes of the screen hold, as lines of any number: the message or line at a position with its bytes before and after, what is
// true of the machine there, and the verdict.
#include <vector>

#include "scenarios/glacis/watch/story.h"

namespace watch {

std::vector<Line> event_lines(const Story& story, std::size_t at, std::size_t width);
std::vector<Line> fact_lines(const Story& story, std::size_t at, std::size_t width);
// `before`: the same file's run before a defence was lifted; null: this is it.
std::vector<Line> verdict_lines(const Story& story, const Story* before, std::size_t width);
std::vector<Line> help_lines();

}  // namespace watch
