#include "scenarios/engine/film_lanes.h"

#include <algorithm>
#include <utility>

namespace engine {

// A network has a boundary for each way, so an answer crosses one that leads from whoever answers. Only what the adversary gets
// for a message that he handed over himself crosses none, and is told of at the boundary that he asked at.
Ends ends_of(const Film& film, const FilmEvent& event) {
  const auto& actor = film.texts[event.actor];
  if (event.kind == FilmEvent::Kind::kLine) return {actor, actor};
  auto ends = ends_of(actor);
  const bool own_way = actor.starts_with("net ") && event.fate != FilmEvent::Fate::kOutside;
  if (event.reply && !own_way) std::swap(ends.from, ends.to);
  return ends;
}

std::string_view phrase_of(FilmEvent::Tone tone) {
  switch (tone) {
    case FilmEvent::Tone::kSaid:
    case FilmEvent::Tone::kAct: return "";
    case FilmEvent::Tone::kRefused: return "refused: ";
    case FilmEvent::Tone::kNoticed: return "noticed: ";
    case FilmEvent::Tone::kWithheld: return "withheld: ";
    case FilmEvent::Tone::kMissed: return "would have spoken, but is lifted: ";
  }
  return "";
}

Lanes::Lanes(const Film& film) {
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
  };
  for (const auto& event : film.events) {
    const auto& actor = film.texts[event.actor];
    if (event.kind == FilmEvent::Kind::kLine) {
      add(actor);
      continue;
    }
    const auto ends = ends_of(actor);
    add(ends.from), add(ends.to);
  }
  std::ranges::stable_sort(names_, {}, [](const auto& name) { return lane_of(name); });
}

std::size_t Lanes::of(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
}

}  // namespace engine
