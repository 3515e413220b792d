#pragma once
// What `set` at `machine` may say of how a machine is built and booted, and a VM asked for. Beside these it may say "device-" and what
// is wrong with a card (device_kinds.h).
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/engine/world.h"

namespace engine {

inline constexpr std::string_view kDeviceSetting = "device-";

struct MachineSetting {
  std::string name;
  std::string does;  // "asks for a debuggable guest"
  void (*lay)(World& world);
};

const std::vector<MachineSetting>& machine_settings();

}  // namespace engine
