// What the adversary knows, and what he has put by.
#include <fmt/format.h>

#include "scenarios/engine/adversary.h"
#include "scenarios/engine/film_facts.h"

namespace engine {

namespace {
constexpr std::size_t kPlacesMax = 24;
}

void look_at_knowledge(const World& world, const Filming::Fact& fact) {
  for (const auto& [name, known] : world.oracle.known()) {
    fact("knowledge", name, "seen in the clear", fmt::format("{} of {} bytes", known.bytes, known.of));
    fact("knowledge", name, "lost", known.lost ? "yes" : "no");
  }
  fact("knowledge", "adversary", "bytes seen in all", fmt::format("{}", world.oracle.bytes_seen()));
  const auto places = world.oracle.places();
  for (std::size_t i = 0; i < places.size() && i < kPlacesMax; ++i) fact("knowledge", "adversary", "has looked at " + places[i], "yes");
  if (!world.adversary) return;
  for (const auto& holding : world.adversary->holdings()) fact("knowledge", holding.name, holding.kind, holding.what);
  for (const auto& known : world.run.scenario->assumes) fact("knowledge", "assumed", known.value, "from the start");
}

}  // namespace engine
