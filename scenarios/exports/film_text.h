#pragma once
// A film in words: what an event says. What every export for people has in common.
#include <string>
#include <vector>

#include "scenarios/engine/film.h"

namespace exports {

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
