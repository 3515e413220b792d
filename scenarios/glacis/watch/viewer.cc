#include "scenarios/glacis/watch/viewer.h"

#include <algorithm>

namespace watch {

namespace {

constexpr std::size_t kTypedMax = 80;

void go(View& view, std::size_t at) {
  if (view.at != at) view.event_scroll = view.facts_scroll = 0;
  view.at = at;
}

void step(View& view, const Story& story, bool on, std::size_t count = 1) {
  auto at = view.at;
  for (std::size_t i = 0; i < count; ++i) at = on ? story.next(at, view.wires) : story.previous(at, view.wires);
  go(view, at);
}

// In the pane that is chosen.
void move(View& view, const Story& story, bool on, std::size_t count) {
  if (view.pane == Pane::kEvents) return step(view, story, on, count);
  auto& scroll = view.pane == Pane::kEvent ? view.event_scroll : view.facts_scroll;
  scroll = on ? scroll + count : scroll - std::min(scroll, count);
}

void find(View& view, const Story& story) {
  if (!view.typed.empty()) view.search = view.typed;
  view.searching = false, view.typed.clear();
  if (view.search.empty()) return;
  const auto found = story.find(view.search, view.at, view.wires);
  if (found) go(view, *found);
  else view.note = "nobody says `" + view.search + "`";
}

void type(View& view, const Key& key, const Story& story) {
  if (key.name == KeyName::kEnter) return find(view, story);
  if (key.name == KeyName::kEscape) return view.searching = false, view.typed.clear();
  if (key.name == KeyName::kBackspace) {
    if (view.typed.empty()) view.searching = false;
    else view.typed.pop_back();
  }
  if (key.name == KeyName::kLetter && view.typed.size() < kTypedMax) view.typed += key.letter;
}

void choose(View& view, bool on) {
  const int next = (static_cast<int>(view.pane) + (on ? 1 : 2)) % 3;
  view.pane = static_cast<Pane>(next);
  if (view.pane != Pane::kEvents) view.detail = view.pane;
}

void mark(View& view, const Story& story, bool on) {
  const auto there = on ? story.next_mark(view.at) : story.previous_mark(view.at);
  if (there == view.at) view.note = on ? "nothing more happens behind this" : "nothing happened before this";
  go(view, there);
}

void show_wires(View& view, const Story& story) {
  view.wires = !view.wires;
  view.note = view.wires ? "packets on links are shown" : "packets on links are left out, where nobody touched them";
  if (!view.wires && story.is_wire(view.at)) go(view, story.next(view.at, false));
}

Wish letter(View& view, char key, const Story& story, std::size_t page) {
  switch (key) {
    case 'j': step(view, story, true); break;
    case 'k': step(view, story, false); break;
    case ' ': move(view, story, true, page); break;
    case 'n': mark(view, story, true); break;
    case 'p': mark(view, story, false); break;
    case 'w': show_wires(view, story); break;
    case 'g': go(view, story.is_wire(0) && !view.wires ? story.next(0, false) : 0); break;
    case 'G': go(view, story.size() - 1); break;
    case '/': view.searching = true; break;
    case '?': view.help = true; break;
    case 'l': return Wish::kToggle;
    case 'L': return Wish::kRestore;
    case 'q': return Wish::kQuit;
    default: view.note = "? shows which keys do what"; break;
  }
  return Wish::kNone;
}

}  // namespace

Wish press(View& view, const Key& key, const Story& story, std::size_t page) {
  view.note.clear();
  if (view.help) return view.help = false, Wish::kNone;
  if (view.searching) return type(view, key, story), Wish::kNone;
  switch (key.name) {
    case KeyName::kLetter: return letter(view, key.letter, story, page);
    case KeyName::kUp: move(view, story, false, 1); break;
    case KeyName::kDown: move(view, story, true, 1); break;
    case KeyName::kLeft: step(view, story, false); break;
    case KeyName::kRight: step(view, story, true); break;
    case KeyName::kPageUp: move(view, story, false, page); break;
    case KeyName::kPageDown: move(view, story, true, page); break;
    case KeyName::kHome: return letter(view, 'g', story, page);
    case KeyName::kEnd: go(view, story.size() - 1); break;
    case KeyName::kTab: choose(view, true); break;
    case KeyName::kBackTab: choose(view, false); break;
    case KeyName::kEnter:
    case KeyName::kBackspace:
    case KeyName::kEscape: break;
  }
  return Wish::kNone;
}

}  // namespace watch
