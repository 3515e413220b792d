#pragma once
// What is true of a machine at a moment, told for a film from ground truth: where each page is and whose, who sees registers, how far
// devices and streams are, what the adversary knows. Looks and touches nothing: no defence is asked, nothing is drawn.
#include "scenarios/engine/filming.h"

namespace engine {

class World;

// Groups: "memory" (name: a page), "registers" (a VM), "devices" (a function, a port's stream), "knowledge" (a secret, a place).
void look_around(const World& world, const Filming::Fact& fact);

}  // namespace engine
