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
  std::vector<DeviceBay::ConfigPart> places;
  for (const auto& bay : world.bays)
    for (const auto& place : bay->config_parts()) places.push_back(place);
  if (places.empty()) throw base::UserError(run.machine->file + ": no part of the machine has a configuration space");
  std::string known;
  for (const auto& place : places) known += (known.empty() ? "" : ", ") + place.part;
  std::string out;
  for (const auto& part : parts) {
    const auto is_it = [&](const DeviceBay::ConfigPart& place) { return place.part == part; };
    const auto found = std::find_if(places.begin(), places.end(), is_it);
    if (found == places.end())
      throw base::UserError(run.machine->file + ": no part `" + part +
                            "` has a configuration space; there are: " + known);
    out += pcie::lspci_dump(found->at, found->config);
  }
  return out;
}

}  // namespace engine
