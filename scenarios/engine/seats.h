#pragma once
// Where the cards of a machine file sit: at a root port each, or several behind a switch at one.
#include <vector>

#include "scenarios/engine/world.h"

namespace engine {

// The root port that a card, or the switch that it is behind, stands at. Throws base::UserError.
const load::Part& root_port_of(const load::Machine& machine, const load::Part& card);

// Puts the cards in the order of their places and numbers slots, branches, buses, and streams where the file does not.
// Throws base::UserError for cards in one another's place, and for a switch without a card.
void seat(const load::Machine& machine, std::vector<DeviceSettings>& cards);

}  // namespace engine
