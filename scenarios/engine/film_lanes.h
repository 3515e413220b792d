#pragma once
// How a film is told, whatever shows it: who stands beside whom, from whom to whom each message goes, and how a line begins.
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/engine/film.h"

namespace engine {

// From whom to whom a message goes, a reply from whoever was asked; of a line who speaks, twice.
Ends ends_of(const Film& film, const FilmEvent& event);

// What a line of that tone begins with: "refused: "; empty for what is said or done.
std::string_view phrase_of(FilmEvent::Tone tone);

// All who stand in a film, in the order of their kinds, and of their first appearance within one.
class Lanes {
 public:
  explicit Lanes(const Film& film);
  const std::vector<std::string>& names() const { return names_; }
  std::size_t of(std::string_view name) const;  // its place among them; their number where it is none of them

 private:
  std::vector<std::string> names_;
};

}  // namespace engine
