#pragma once
// The screen as a function of what is watched: exactly as many lines as it is high, each exactly as wide as it is.
#include <string>
#include <vector>

#include "scenarios/glacis/watch/viewer.h"

namespace watch {

inline constexpr Size kSizeLeast{60, 16};

// `before`: the run with all defences, where this one is without some. Cuts the view's scrolling at the panes' ends.
std::vector<Line> draw(const Story& story, const Story* before, View& view, const Size& size, bool unicode);
// How many lines a page of the chosen pane has.
std::size_t page_of(const View& view, const Size& size);

// For a terminal that understands ECMA-48: from the upper left corner on, each line to its end. `colour`: else weight alone.
std::string ansi(const std::vector<Line>& screen, bool colour);

}  // namespace watch
