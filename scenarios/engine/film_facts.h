#pragma once
// What is true of a machine at a moment, told for a film from ground truth: where each page is and whose, who sees registers, how far
// devices and streams are, what the adversary knows. Looks and touches nothing: no defence is asked, nothing is drawn, no line leaves a
// cache.
#include "scenarios/engine/filming.h"

namespace engine {

class World;

// Groups: "memory" (name: a page), "registers" (a VM), "devices" (a function, a port's stream, a played device, a TPM), "knowledge" (a
// secret, what is kept, the adversary).
void look_around(const World& world, const Filming::Fact& fact);

// One group each.
void look_at_memory(const World& world, const Filming::Fact& fact);
void look_at_registers(const World& world, const Filming::Fact& fact);
void look_at_devices(const World& world, const Filming::Fact& fact);
void look_at_knowledge(const World& world, const Filming::Fact& fact);

}  // namespace engine
