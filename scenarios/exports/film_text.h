#pragma once
// A film in words: who stands on which lane, and what an event says. What every export for people has in common.
#include <string>
#include <vector>

#include "scenarios/engine/film.h"

namespace exports {

// In the order of their kinds, and of their first appearance within one.
class Lanes {
 public:
  explicit Lanes(const engine::Film& film);
  const std::vector<std::string>& names() const { return names_; }
  std::size_t of(std::string_view name) const;

 private:
  std::vector<std::string> names_;
};

// Between whom a message goes, a reply from the second end to the first.
engine::Ends ends_of(const engine::Film& film, const engine::FilmEvent& message);
// "refused: rmp.access.gpa [APM vol. 2 r3.43, 15.36.10]"; of a message its object, else its boundary.
std::string text_of(const engine::Film& film, const engine::FilmEvent& event);
// "said", "act", "refused"; of a message "arrived", "altered", "lost", "handed over".
std::string_view word_of(const engine::FilmEvent& event);
// What the adversary made of a message: "flags 0x1 became 0x0", one line each; without a layout, bytes. At most `max` lines and one
// that says how many more.
std::vector<std::string> changes_of(const engine::Film& film, const engine::FilmEvent& message, std::size_t max);
// Whether the adversary had a hand in it, or somebody's defence spoke after he began.
bool is_attack(const engine::FilmEvent& event);

}  // namespace exports
