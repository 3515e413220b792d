#include "scenarios/engine/config_dump.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "platform/pcie/lspci_dump.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/world.h"

namespace engine {

std::string dump_config(const Run& run, const std::vector<std::string>& parts) {
  World world(run, false);
  world.boot();
  std::vector<ConfigPart> places;
  for (const auto& bay : world.bays)
    for (const auto& place : bay->config_parts())
      if (std::none_of(places.begin(), places.end(), [&](const auto& other) { return other.at == place.at; })) places.push_back(place);
  if (places.empty()) throw base::UserError(run.machine->file + ": no part of the machine has a configuration space");
  std::string known;
  for (const auto& place : places) known += (known.empty() ? "" : ", ") + place.part;
  std::string out;
  for (const auto& part : parts) {
    std::string dumped;  // of a switch: all of its ports
    for (const auto& place : places)
      if (place.part == part || place.part.starts_with(part + ".")) dumped += pcie::lspci_dump(place.at, place.config);
    if (dumped.empty())
      throw base::UserError(run.machine->file + ": no part `" + part +
                            "` has a configuration space; there are: " + known);
    out += dumped;
  }
  return out;
}

}  // namespace engine
