#pragma once
// What is shown of a story, and how keys change that. Knows no terminal.
#include <optional>
#include <string>

#include "scenarios/glacis/watch/keys.h"
#include "scenarios/glacis/watch/story.h"

namespace watch {

struct Size {
  std::size_t width = 80, height = 24;
  friend bool operator==(const Size&, const Size&) = default;
};

enum class Pane { kEvents, kEvent, kFacts };

struct View {
  std::size_t at = 0;               // position in the story
  Pane pane = Pane::kEvents;        // chosen: what up and down move in
  Pane detail = Pane::kEvent;       // of the other two, where there is room for one
  std::size_t event_scroll = 0, facts_scroll = 0;
  bool wires = false;               // packets on links are shown too
  bool help = false, searching = false;
  std::string typed{}, search{};    // being typed; looked for last
  std::string note{};               // said in the last row, until the next key
};

// What a key asks for that a view cannot give itself.
enum class Wish { kNone, kQuit, kToggle, kRestore };

// `page`: how many lines a page has. Scrolling past the end is for `draw` to cut.
Wish press(View& view, const Key& key, const Story& story, std::size_t page);

}  // namespace watch
