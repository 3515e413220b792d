#include "scenarios/engine/film_facts.h"

#include <fmt/format.h>

#include "scenarios/engine/world.h"

namespace engine {

namespace {

void look_at_memory(const VmState& vm, const Filming::Fact& fact) {
  for (const auto& [page, gpa] : vm.pages) {
    const auto name = vm.name + ".page." + page;
    const auto place = vm.vm.nested.translate(gpa);
    fact("memory", name, "guest address", fmt::format("{:#x}", gpa));
    fact("memory", name, "system address", place ? fmt::format("{:#x}", place->spa) : "not mapped");
  }
}

}  // namespace

void look_around(const World& world, const Filming::Fact& fact) {
  for (const auto& vm : world.vms) look_at_memory(*vm, fact);
}

}  // namespace engine
