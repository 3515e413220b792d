#pragma once
// Whose a page is, by whatever number a technology's table knows its VMs, for those who watch.
#include <string>

#include "scenarios/engine/world.h"

namespace engine {

// The VM for which `is` holds, by name; else `otherwise`.
template <class Is>
std::string owner_named(const World& world, const Is& is, std::string otherwise) {
  for (const auto& vm : world.vms)
    if (!vm->gone && is(*vm)) return vm->name;
  return otherwise;
}

}  // namespace engine
